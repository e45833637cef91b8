import fc from "fast-check";
import type { Json } from "../support/contract";

/** Texts that break programs: encodings, injections, boundaries, and things of other kinds than expected. */
const HOSTILE_TEXTS = [
  "",
  " ",
  "\u0000",
  "a\u0000b",
  "\ud800",
  "\udfff x",
  "a\ud83d",
  "\uffff",
  "\u202eabc",
  "e\u0301\u0301\u0301",
  "👩‍👩‍👧‍👦",
  "İıſK",
  "\r\nx-injected: 1",
  "\t\u000b\u007f",
  "'; DROP TABLE users; --",
  '"}{"',
  "{{7*7}}<%= 1 %>",
  "../../etc/passwd",
  "%00",
  "%zz",
  "%ed%a0%80",
  "__proto__",
  "constructor",
  "NaN",
  "-0",
  "1e999",
  "0x10",
  "9".repeat(40),
  "null",
  "undefined",
  "true",
  "2026-02-30T00:00:00Z",
  "-271821-04-20T00:00:00.000Z",
  "+275760-09-13T00:00:00.001Z",
  "0000-01-01T00:00:00Z",
  "9999-12-31T23:59:59.999+14:00",
  "1970-01-01T00:00:00.000Z",
  "inf_00000000000000000000000000",
  "inf_7zzzzzzzzzzzzzzzzzzzzzzzzz",
  "inf_01h455vb4pex5vsknk084sn02q",
  "key_7zzzzzzzzz7zzzzzzzzzzzzzzz",
  "usr_01h455vb4pex5vsknk084sn02q",
  "00000000-0000-0000-0000-000000000000",
  "agt_live_x",
  "eyJhbGciOiJub25lIn0.e30.",
  "a".repeat(300),
  "é".repeat(5_000),
];
const HOSTILE_NUMBERS = [
  0,
  -0,
  -1,
  1,
  0.5,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  -(2 ** 63),
  1e21,
  1e308,
  5e-324,
];

export const hostileText = fc.oneof(
  fc.constantFrom(...HOSTILE_TEXTS),
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({ unit: "grapheme", maxLength: 60 }),
);
export const hostile: fc.Arbitrary<Json> = fc.oneof(
  hostileText,
  fc.constantFrom<Json>(...HOSTILE_NUMBERS, null, true, false, [], {}, [null], { "": null }),
  fc.jsonValue({ maxDepth: 3, noUnicodeString: false }) as fc.Arbitrary<Json>,
  fc.integer({ min: 1, max: 60 }).map((depth) => {
    let nested: Json = 1;
    for (let level = 0; level < depth; level++) nested = level % 2 ? [nested] : { messages: nested };
    return nested;
  }),
);
