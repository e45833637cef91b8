import { describe, expect, it } from "vitest";
import { canonicalJson } from "../platform/canonical-json";
import { toTimeline } from "./history/get-inference-detail";
import { checkIdempotencyKey } from "./submit/idempotency";

describe("request hashes", () => {
  const same = (left: unknown, right: unknown) => canonicalJson(left) === canonicalJson(right);

  it("do not depend on the order of fields, at any depth", () => {
    expect(same({ a: 1, b: { c: [1, 2], d: null } }, { b: { d: null, c: [1, 2] }, a: 1 })).toBe(true);
  });

  it("depend on everything else", () => {
    expect(same({ a: [1, 2] }, { a: [2, 1] })).toBe(false);
    expect(same({ a: "1" }, { a: 1 })).toBe(false);
    expect(same({ a: null }, {})).toBe(false);
    expect(same([{ a: 1 }], { 0: { a: 1 } })).toBe(false);
  });
});

describe("idempotency keys", () => {
  it("are 1–255 visible ASCII characters", () => {
    for (const key of ["a", "!~", "x".repeat(255)]) expect(checkIdempotencyKey(key)).toBe(key);
    for (const key of ["", "a b", "é", "\n", "x".repeat(256)]) {
      expect(() => checkIdempotencyKey(key)).toThrowError(
        expect.objectContaining({ code: "invalid_request" }),
      );
    }
  });
});

describe("the timeline", () => {
  it("puts the end last, even in the same millisecond", () => {
    const at = new Date("2026-11-23T10:00:00.000Z");
    const events = toTimeline(
      {
        status: "failed",
        createdAt: at,
        enqueuedAt: at,
        cancelRequestedAt: null,
        completedAt: at,
        errorCode: "provider_timeout",
      },
      [
        {
          attempt: 1,
          started_at: at.toISOString(),
          ended_at: at.toISOString(),
          outcome: "failed",
          error_code: "provider_timeout",
        },
      ],
    );
    expect(events.map(({ event }) => event)).toEqual([
      "accepted",
      "queued",
      "attempt_started",
      "attempt_ended",
      "failed",
    ]);
    expect(events.at(-1)).toMatchObject({ error_code: "provider_timeout" });
  });
});
