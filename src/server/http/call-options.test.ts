import { describe, expect, it } from "vitest";
import { parseIdempotencyKey, parseWait } from "./call-options";

describe("Prefer: wait", () => {
  it.each([
    ["wait=30", 30],
    ["wait=1", 1],
    ["wait=60", 60],
    ['respond-async, wait="10"', 10],
    ["Wait = 5", 5],
  ])("%s is honoured", (header, seconds) => expect(parseWait(header)).toBe(seconds));

  it.each([undefined, null, "", "respond-async", "return=minimal, waiting=5"])(
    "%j asks for no wait",
    (header) => {
      expect(parseWait(header)).toBeUndefined();
    },
  );

  it.each(["wait=0", "wait=61", "wait=-1", "wait=1.5", "wait=abc", "wait", "wait="])(
    "%s is refused by name",
    (header) => {
      expect(() => parseWait(header)).toThrow(
        expect.objectContaining({ code: "invalid_request", param: "Prefer" }),
      );
    },
  );
});

describe("Idempotency-Key", () => {
  it("takes printable text without spaces", () => {
    expect(parseIdempotencyKey("6f1c0e0e-8f0b")).toBe("6f1c0e0e-8f0b");
    expect(parseIdempotencyKey(undefined)).toBeUndefined();
  });

  it.each(["", "a b", "é", "x".repeat(256)])("refuses %j by name", (key) => {
    expect(() => parseIdempotencyKey(key)).toThrow(expect.objectContaining({ param: "Idempotency-Key" }));
  });
});
