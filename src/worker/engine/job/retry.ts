import { backoff } from "@agathaai/core/platform/concurrency/backoff";
import type { ProviderFailure } from "../failures/errors";

export type RetryDecision =
  | { action: "retry"; delayMs: number }
  /** Final; `exhausted` when another attempt might have worked but none is left. */
  | { action: "fail"; exhausted: boolean };

const FIRST_STEP_MS = 1_000;
const LONGEST_STEP_MS = 60_000;
const SHORTEST_MS = 200;
/** The longest wait accepted from a provider; its next response says whether to wait longer. */
const LONGEST_RETRY_AFTER_MS = 5 * 60_000;

/** How long after acceptance an attempt that could call no provider does not count. */
const PATIENCE_MS = 30_000;
const SHORTEST_HAND_BACK_MS = 6_000;

/**
 * How long a request is put back for when every circuit was open; undefined once it has waited so long that the attempt
 * counts like any other. A recovered provider is found by the attempts of others, so there is no haste.
 */
export function pauseOfOpenCircuit(
  { retryAfterMs = 0 }: Pick<ProviderFailure, "retryAfterMs">,
  { ageMs, random = Math.random() }: { ageMs: number; random?: number },
): number | undefined {
  if (ageMs >= PATIENCE_MS) return undefined;
  return Math.ceil(Math.max(SHORTEST_HAND_BACK_MS, retryAfterMs) * (1 + random / 2));
}

/**
 * Exponential back-off with full jitter (so that a crowd that failed together does not return together), unless the
 * provider said when to come back: then no earlier than that, and spread over the tenth after it.
 * `random` is a number in [0, 1).
 */
export function decideRetry(
  failure: Pick<ProviderFailure, "retryable" | "attempts" | "retryAfterMs">,
  { attempt, maxAttempts, random }: { attempt: number; maxAttempts: number; random: number },
): RetryDecision {
  if (!failure.retryable || attempt >= failure.attempts) return { action: "fail", exhausted: false };
  if (attempt >= maxAttempts) return { action: "fail", exhausted: true };
  if (failure.retryAfterMs !== undefined) {
    const asked = Math.min(failure.retryAfterMs, LONGEST_RETRY_AFTER_MS);
    return { action: "retry", delayMs: Math.max(SHORTEST_MS, Math.ceil(asked * (1 + random / 10))) };
  }
  const pause = backoff(attempt - 1, {
    baseMs: FIRST_STEP_MS,
    capMs: LONGEST_STEP_MS,
    jitter: "full",
    random,
  });
  return { action: "retry", delayMs: Math.max(SHORTEST_MS, Math.ceil(pause)) };
}
