import { describe, expect, it } from "vitest";
import { projectMonthEnd } from "./project-month-end";

const start = new Date("2026-11-01T00:00:00Z");
const end = new Date("2026-12-01T00:00:00Z");
const at = (now: string, used = 1_000) => projectMonthEnd({ used, start, end, now: new Date(now) });

describe("the projected month end", () => {
  it("doubles what is used by the middle of the month", () => {
    expect(at("2026-11-16T00:00:00Z")).toBe(2_000);
  });

  it("is what is used once the month is over, and in its first hour", () => {
    expect(at("2026-12-01T00:00:00Z")).toBe(1_000);
    expect(at("2026-11-01T00:00:01Z")).toBe(1_000);
  });

  it("is never less than what is used, and nothing stays nothing", () => {
    expect(at("2026-11-30T23:59:59.999Z", 7)).toBe(7);
    expect(at("2026-11-10T00:00:00Z", 0)).toBe(0);
  });
});
