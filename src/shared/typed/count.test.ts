import fc from "fast-check";
import { expect, it } from "vitest";
import { formatCount } from "../format/count";
import { readCount, readDecimal } from "./count";

const bounds = { least: 1, most: Number.MAX_SAFE_INTEGER };

it("reads back every whole number that it writes", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (count) => {
      expect(readCount(formatCount(count), bounds)).toEqual({ value: count });
      expect(readCount(String(count), bounds)).toEqual({ value: count });
    }),
  );
});

it.each([
  "",
  "1,5",
  "1.000",
  "1e3",
  "0x10",
  "2 000",
  "1_000",
  "5m",
  "-1",
  "+5",
  "007",
  "1,00",
  "9".repeat(30),
])("refuses %j as a whole number", (text) =>
  expect(readCount(text, bounds).problem).toMatch(/^Enter a whole number from 1 to /),
);

it.each(["1e0", "0,7", "0x1", " ", "NaN", "1.", "2.1", "-1"])("refuses %j as a number up to 2", (text) =>
  expect(readDecimal(text, { least: 0, most: 2 }).problem).toBe("Enter a number from 0 to 2."),
);

it("takes decimals with a dot, also without a zero before it", () => {
  expect(readDecimal("0.7", { least: 0, most: 2 }).value).toBe(0.7);
  expect(readDecimal(".7", { least: 0, most: 2 }).value).toBe(0.7);
});
