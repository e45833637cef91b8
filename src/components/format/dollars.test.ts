import { expect, test } from "vitest";
import { parseDollars, typedDollars } from "./dollars";

test.each([
  ["25", 25_000_000],
  ["$25", 25_000_000],
  [" 1,250.50 ", 1_250_500_000],
  ["0.01", 10_000],
  ["3.", 3_000_000],
  ["0.1", 100_000],
])("%j is %i micro-dollars", (text, micros) => {
  expect(parseDollars(text)).toBe(micros);
});

test.each(["", "$", "-5", "1,25", "0.001", "1e3", "five", "25 €"])("%j is no amount", (text) => {
  expect(parseDollars(text)).toBeUndefined();
});

test("what was typed comes back as it would be typed", () => {
  for (const text of ["25", "1250.50", "0.01"]) expect(typedDollars(parseDollars(text) ?? 0)).toBe(text);
});
