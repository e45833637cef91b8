import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatMoneyExactly } from "../format/money";
import { MICROS_PER_CENT } from "../money";
import { readDollars, typeDollars } from "./dollars";

const cents = fc.integer({ min: 1, max: Math.floor(Number.MAX_SAFE_INTEGER / MICROS_PER_CENT) });

describe("an amount of dollars that was typed", () => {
  it.each([
    ["25", 25_000_000],
    ["$25", 25_000_000],
    ["$ 25", 25_000_000],
    [" 1,250.50 ", 1_250_500_000],
    ["1,000,000", 1_000_000_000_000],
    ["0.01", 10_000],
    ["0.1", 100_000],
    ["19.99", 19_990_000],
    ["9007199254.74", 9_007_199_254_740_000],
  ])("%j is %i micro-dollars", (text, micros) => {
    expect(readDollars(text)).toEqual({ value: micros });
  });

  it.each([
    "",
    "$",
    "$$5",
    "-5",
    "−5",
    "(5)",
    "5-",
    "0",
    "0.00",
    "99,50",
    "1,00",
    "1,25",
    "12,5",
    "1.000",
    "1.000,00",
    "1.234.567",
    "1,2345",
    "10,00,000",
    "1,000,00",
    "0,100",
    "007",
    "0.001",
    "1.005",
    "1.2345",
    "3.",
    ".5",
    " 5 5",
    "5 000",
    "1e3",
    "0x10",
    "1_000",
    "five",
    "25 €",
    "25 USD",
    "٢٥",
    "２５",
    "Infinity",
    "NaN",
    "9007199254.75",
    "9".repeat(40),
  ])("%j is refused, and the reason is a sentence", (text) => {
    const { value, problem } = readDollars(text);
    expect(value).toBeUndefined();
    expect(problem).toMatch(/^(Enter|Use) .+\.$/);
  });

  it("says which character was misread", () => {
    expect(readDollars("99,50").problem).toContain("dot for cents");
    expect(readDollars("1.000").problem).toContain("two digits after the dot");
    expect(readDollars("-5").problem).toContain("above zero");
  });

  it("is held to the bounds of its field, which the reason names", () => {
    const bounds = { least: 1_000_000, most: 5_000_000 };
    expect(readDollars("0.99", bounds).problem).toBe("Enter at least $1.00.");
    expect(readDollars("5.01", bounds).problem).toBe("Enter at most $5.00.");
    expect(readDollars("5", bounds).value).toBe(5_000_000);
  });
});

describe("reading is the reverse of writing", () => {
  it("for every amount of cents as a field holds it, and as a sentence says it", () => {
    fc.assert(
      fc.property(cents, (amount) => {
        const micros = amount * MICROS_PER_CENT;
        expect(readDollars(typeDollars(micros)).value).toBe(micros);
        expect(readDollars(formatMoneyExactly(micros)).value).toBe(micros);
      }),
    );
  });

  it("and no text is read as an amount that is not written with the same digits", () => {
    const texts = fc.stringMatching(/^[$ ]?[0-9.,]{1,12}$/);
    fc.assert(
      fc.property(texts, (text) => {
        const { value } = readDollars(text, { least: 0 });
        if (value === undefined) return;
        const [dollars = "", fraction = ""] = text.replace(/[$, ]/g, "").split(".");
        expect(typeDollars(value)).toBe(
          fraction === "" || Number(fraction) === 0 ? dollars : `${dollars}.${fraction.padEnd(2, "0")}`,
        );
      }),
      { numRuns: 2_000 },
    );
  });
});
