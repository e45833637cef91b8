import { backoff } from "@agathaai/core/platform/concurrency/backoff";
import type { FailureKind } from "../../failures/errors";

/** Failures in a row after which a target is left alone. */
const THRESHOLD = 5;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 30_000;

/** The failures that mean the provider is unhealthy. A refused request, a rate limit or a bad answer does not. */
export const symptoms: ReadonlySet<FailureKind> = new Set(["server", "overloaded", "connection", "timeout"]);

interface Health {
  failures: number;
  /** Whose time-outs all of them are, where they are of one caller: those alone open nothing. */
  only: string | undefined;
  /** Closed again after this: one call may try. */
  openUntil: number;
  probing: boolean;
}

/**
 * Keeps calls away from targets that fail, so that fallback is quick and a provider in trouble gets room. After a pause,
 * which grows with each failed probe, one call tries; its success lets all others back. How long an answer takes is also up to
 * who asks: time-outs count as a failing provider's once they are of two callers.
 */
export class CircuitBreaker {
  readonly #health = new Map<string, Health>();

  constructor(private readonly now: () => number) {}

  /** True takes the probe where one is due; its outcome must be reported. */
  admits(target: string): boolean {
    const health = this.#health.get(target);
    if (health === undefined || health.failures < THRESHOLD) return true;
    if (health.probing || this.now() < health.openUntil) return false;
    health.probing = true;
    return true;
  }

  /** Milliseconds until a target may be tried; 0 where that is now. */
  pauseOf(target: string): number {
    const health = this.#health.get(target);
    if (health === undefined || health.failures < THRESHOLD) return 0;
    return Math.max(0, health.openUntil - this.now());
  }

  /** `undefined`: it answered. `caller`: the organization that asked. */
  report(target: string, failure: FailureKind | undefined, caller?: string): void {
    const health = this.#health.get(target);
    // The caller went away before the provider said anything: no news, but the probe is free again.
    if (failure === "aborted") {
      if (health) health.probing = false;
    } else if (failure === undefined || !symptoms.has(failure)) this.#health.delete(target);
    // One of the calls that were under way when the circuit opened: a crowd that fails together is one piece of news.
    else if (health !== undefined && health.failures >= THRESHOLD && !health.probing) return;
    else {
      const isTheirs = failure === "timeout" && (health === undefined || health.only === caller);
      const only = isTheirs ? caller : undefined;
      const most = only === undefined ? Number.POSITIVE_INFINITY : THRESHOLD - 1;
      const failures = Math.min((health?.failures ?? 0) + 1, most);
      const pause = { baseMs: FIRST_PAUSE_MS, capMs: LONGEST_PAUSE_MS, jitter: "equal" as const };
      const openUntil = failures < THRESHOLD ? 0 : this.now() + backoff(failures - THRESHOLD, pause);
      this.#health.set(target, { failures, only, openUntil, probing: false });
    }
  }
}
