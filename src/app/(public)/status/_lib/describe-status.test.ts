import { expect, test } from "vitest";
import { describeStatus } from "./describe-status";

const ok = { status: "ok", latency_ms: 1 } as const;
const healthy = {
  readiness: { status: "ready", checks: { database: ok, queue: ok } },
  providers: [
    { provider: "openai", requests: 100, organizations: 9, affected: 1, completedShare: 0.99, medianMs: 900 },
  ],
  checkedAt: new Date(0),
} as const;
const told = (change: object) =>
  describeStatus({ ...healthy, ...change, providers: [...healthy.providers] }).tone;

test("all checks passing reads as working", () => {
  expect(describeStatus({ ...healthy, providers: [...healthy.providers] }).tone).toBe("good");
});

test("without the database nothing is shown as working", () => {
  const failed = { status: "failed", latency_ms: 2_000 } as const;
  expect(told({ readiness: { status: "not_ready", checks: { database: failed, queue: ok } } })).toBe(
    "danger",
  );
});

test("a degraded dependency is shown", () => {
  const degraded = { status: "degraded", latency_ms: 2_000 } as const;
  expect(told({ readiness: { status: "ready", checks: { database: ok, queue: degraded } } })).toBe(
    "attention",
  );
});

test("a provider is having problems when it fails several organizations, never because of one customer", () => {
  const of = (requests: number, organizations: number, affected: number) =>
    describeStatus({
      ...healthy,
      providers: [
        { provider: "gemini", requests, organizations, affected, completedShare: 0.5, medianMs: null },
      ],
    }).tone;
  expect(of(100, 10, 3)).toBe("attention");
  expect(of(10_000, 3, 3)).toBe("attention");
  expect(of(10_000, 1, 1)).toBe("good");
  expect(of(10_000, 10, 2)).toBe("good");
  expect(of(10_000, 100, 4)).toBe("good");
  expect(of(10, 3, 3)).toBe("good");
});
