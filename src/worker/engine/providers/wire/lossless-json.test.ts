import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { quoteInexactNumbers, unquoteNumbers } from "./lossless-json";

const PREFIX = "0123456789abcdef";

describe("JSON with numbers beyond a double", () => {
  it.each([
    ['{"id":9007199254740993}', '{"id":"9007199254740993"}'],
    ["[-18446744073709551615]", '["-18446744073709551615"]'],
    ["1e400", '"1e400"'],
    ["0.12345678901234567890", '"0.12345678901234567890"'],
    ["1000000000000000000000", '"1000000000000000000000"'],
  ])("quotes %s", (json, quoted) => {
    expect(quoteInexactNumbers(json)).toBe(quoted);
  });

  it.each([
    '{"a":"9007199254740993"}',
    "[1.0, 1e5, -0, 0.1, 9007199254740991]",
    '"\\"9007199254740993"',
    "18014398509481984",
  ])("leaves %s as it is", (json) => {
    expect(quoteInexactNumbers(json)).toBe(json);
  });

  it("brings every document back, digit for digit", () => {
    const number = fc.oneof(
      fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }).map(String),
      fc.tuple(fc.integer(), fc.stringMatching(/^\d{1,30}$/)).map(([whole, digits]) => `${whole}.${digits}`),
    );
    const document = fc
      .array(
        fc.oneof(
          number,
          fc.string({ unit: "binary" }).map((text) => JSON.stringify(text)),
        ),
        { maxLength: 6 },
      )
      .map((members) => `[${members.join(",")}]`);
    fc.assert(
      fc.property(document, (json) => {
        const quoted = quoteInexactNumbers(json, PREFIX);
        expect(unquoteNumbers(quoted, PREFIX)).toBe(json);
        const again = unquoteNumbers(JSON.stringify(JSON.parse(quoted)), PREFIX);
        const whole = (text: string) => text.match(/(?<=[[,])-?\d{17,}(?=[,\]])/g) ?? [];
        expect(whole(again)).toEqual(whole(json));
      }),
      { numRuns: 300 },
    );
  });

  it("takes long strings without running out of stack", () => {
    const json = JSON.stringify(["\\".repeat(2_000_000), 1]).replace("1]", "12345678901234567890]");
    expect(quoteInexactNumbers(json).endsWith('"12345678901234567890"]')).toBe(true);
  });
});
