import { describe, expect, it } from "vitest";
import { parseIdempotencyKey, parseWait } from "./call-options";

describe("Prefer: wait", () => {
  it.each([
    ["wait=30", 30],
    ["wait=1", 1],
    ["wait=0", 0],
    ["wait=60", 60],
    ['respond-async, wait="10"', 10],
    ["Wait = 5; foo=bar", 5],
  ])("%s is honored", (header, seconds) => expect(parseWait(header)).toBe(seconds));

  it.each(["wait=61", "wait=3600", "wait=999999999"])(
    "%s is clamped to what we hold an answer for",
    (header) => {
      expect(parseWait(header)).toBe(60);
    },
  );

  it("of several waits the first one holds", () => {
    expect(parseWait("wait=5, wait=50")).toBe(5);
  });

  it.each([
    undefined,
    null,
    "",
    "respond-async",
    "return=minimal, waiting=5",
    "wait=-1",
    "wait=1.5",
    "wait=abc",
    "wait",
    "wait=",
  ])("%j is not a valid wait, and is ignored", (header) => expect(parseWait(header)).toBeUndefined());
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
