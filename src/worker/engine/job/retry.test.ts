import { describe, expect, it } from "vitest";
import { decideRetry } from "./retry";

const at = (attempt: number, random = 0.999, maxAttempts = 5) => ({ attempt, maxAttempts, random });
const anyNumber = { attempts: Number.POSITIVE_INFINITY };
const passing = { ...anyNumber, retryable: true, retryAfterMs: undefined };

describe("the retry policy", () => {
  it("doubles its ceiling with every attempt, up to a minute", () => {
    const delays = [1, 2, 3, 4, 8].map((attempt) => decideRetry(passing, at(attempt, 0.999, 10)));
    expect(
      delays.map((decision) => decision.action === "retry" && Math.round(decision.delayMs / 1_000)),
    ).toEqual([1, 2, 4, 8, 60]);
  });

  it("spreads a crowd over the whole interval", () => {
    const delays = [0.25, 0.5, 0.75].map((random) => decideRetry(passing, at(4, random)));
    expect(delays).toEqual([
      { action: "retry", delayMs: 2_000 },
      { action: "retry", delayMs: 4_000 },
      { action: "retry", delayMs: 6_000 },
    ]);
  });

  it("never retries earlier than the provider asked", () => {
    const decision = decideRetry({ ...anyNumber, retryable: true, retryAfterMs: 7_000 }, at(1, 0));
    expect(decision).toEqual({ action: "retry", delayMs: 7_000 });
    expect(decideRetry({ ...anyNumber, retryable: true, retryAfterMs: 7_000 }, at(1, 0.999))).toEqual({
      action: "retry",
      delayMs: 7_700,
    });
  });

  it("asks again after five minutes, however long the provider wants us away", () => {
    expect(decideRetry({ ...anyNumber, retryable: true, retryAfterMs: 86_400_000 }, at(1, 0))).toEqual({
      action: "retry",
      delayMs: 300_000,
    });
  });

  it("does not repeat what cannot succeed", () => {
    expect(decideRetry({ ...anyNumber, retryable: false, retryAfterMs: 1 }, at(1))).toEqual({
      action: "fail",
      exhausted: false,
    });
  });

  it("buys an answer that is paid for no more often than its failure says, and asks nobody to redrive it", () => {
    expect(decideRetry({ ...passing, attempts: 2 }, at(1)).action).toBe("retry");
    expect(decideRetry({ ...passing, attempts: 2 }, at(2))).toEqual({ action: "fail", exhausted: false });
    expect(decideRetry({ ...passing, attempts: 1 }, at(1))).toEqual({ action: "fail", exhausted: false });
  });

  it("ends with the last attempt", () => {
    expect(decideRetry(passing, at(4)).action).toBe("retry");
    expect(decideRetry(passing, at(5))).toEqual({ action: "fail", exhausted: true });
  });
});
