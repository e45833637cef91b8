import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { endOfDay, isDay, startOfDay, toDay } from "../time";
import { endOfLocalDay, formatEnd, formatLastDay, readDayRange, readLastDay } from "./day";

const times = fc.date({
  min: new Date("2000-01-01T00:00:00Z"),
  max: new Date("2199-12-31T23:59:59.999Z"),
  noInvalidDate: true,
});
const now = new Date("2026-11-26T12:00:00Z");

describe("a day", () => {
  it("that is written is read back, and contains the moment it was written from", () => {
    fc.assert(
      fc.property(times, (at) => {
        const day = toDay(at);
        expect(isDay(day)).toBe(true);
        expect(startOfDay(day) <= at && at < endOfDay(day)).toBe(true);
        expect(toDay(startOfDay(day))).toBe(day);
      }),
    );
  });

  it.each([
    "2026-02-30",
    "2026-13-01",
    "2026-00-10",
    "26-01-01",
    "2026-1-1",
    "01/02/2026",
    "1999-12-31",
    "2200-01-01",
    "",
  ])("is refused when it does not exist: %j", (text) => expect(isDay(text)).toBe(false));
});

describe("a last day that was typed", () => {
  it("ends with the day in UTC where the form says UTC, and is never over already", () => {
    expect(readLastDay("2026-12-31", "UTC", now).value).toEqual(new Date("2027-01-01T00:00:00Z"));
    expect(readLastDay("2026-11-26", "UTC", now).value).toEqual(new Date("2026-11-27T00:00:00Z"));
    expect(readLastDay("2026-11-25", "UTC", now).problem).toBe("Choose a day from today on.");
    expect(readLastDay("2026-02-30", "UTC", now).problem).toBe("Choose a day.");
  });

  it("ends at the reader's own midnight where the form says so", () => {
    expect(readLastDay("2027-03-27", "local", now).value).toEqual(new Date(2027, 2, 28));
    expect(endOfLocalDay("2027-12-31")).toEqual(new Date(2028, 0, 1));
  });

  it("is said back with its moment in UTC", () => {
    expect(formatEnd(new Date("2027-01-01T00:00:00Z"))).toContain("Jan 1, 2027, 00:00 UTC");
    expect(formatLastDay(new Date("2027-01-01T00:00:00Z"))).toBe("December 31, 2026");
  });
});

describe("a range of days", () => {
  it("takes both ends in, and is refused when it is empty, backwards or too long", () => {
    const options = { longestDays: 31 };
    expect(readDayRange("2026-11-01", "2026-11-01", options).value).toEqual({
      from: new Date("2026-11-01T00:00:00Z"),
      to: new Date("2026-11-02T00:00:00Z"),
    });
    expect(readDayRange("2026-11-01", "2026-12-01", options).value).toBeDefined();
    expect(readDayRange("2026-11-02", "2026-11-01", options).problem).toBe(
      "The last day is before the first.",
    );
    expect(readDayRange("2026-11-01", "2026-12-02", options).problem).toBe("Choose at most 31 days.");
    expect(readDayRange("", "2026-12-02", options).problem).toBe("Choose both days.");
  });
});
