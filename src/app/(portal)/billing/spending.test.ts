import { expect, it } from "vitest";
import { isCapReached, readDollars, type Spending, writeDollars } from "./spending";

it.each([
  ["25", 25_000_000],
  [" $25.5 ", 25_500_000],
  ["0.01", 10_000],
  ["1,250.50", 1_250_500_000],
  ["1,000,000", 1_000_000_000_000],
  ["19.99", 19_990_000],
  ["", undefined],
  ["-5", undefined],
  ["1.234", undefined],
  ["12,5", undefined],
  ["1e3", undefined],
  ["ten", undefined],
])("reads %j as %s micro-dollars", (text, micros) => expect(readDollars(text)).toBe(micros));

it("writes what it reads", () => {
  expect(writeDollars(1_250_500_000)).toBe("1250.50");
  expect(readDollars(writeDollars(19_990_000))).toBe(19_990_000);
});

const spending = (cap_micros: number | null, spent_micros: number): Spending => ({
  cap_micros,
  spent_micros,
  reserved_micros: 0,
  resets_at: "2026-12-01T00:00:00.000Z",
  overage: { state: "off", used_micros: 0 },
  keys: [],
});

it.each([
  [null, 5, false],
  [10, 9, false],
  [10, 10, true],
  [10, 11, true],
])("a cap of %s with %s spent is reached: %s", (cap, spent, reached) =>
  expect(isCapReached(spending(cap, spent))).toBe(reached),
);
