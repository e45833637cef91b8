import { spec } from "../spec/spec";

/** What one version answered while the gate watched. */
export interface Observation {
  requests: number;
  errors: number;
  /** Not known while nothing was answered. */
  p95Ms?: number | undefined;
}

export interface GateInput {
  /** Percent of production's traffic that the new version has. */
  share: number;
  secondsAtShare: number;
  /** Traffic goes back to the version before: by an alarm, a failed hook or a person. */
  rollback: boolean;
  fresh: Observation;
  before: Observation;
}

export interface Verdict {
  decision: "proceed" | "hold" | "fail";
  because: string;
}

const [first, second] = spec.delivery.canaryPercent;
const { critical, warning } = spec.alerts;

/** How long the new version has to be good at each share where it is held. */
export const HOLD_SECONDS = 600;
/** After this long without enough answers, nobody knows whether it is good: that is a no. */
export const SILENCE_SECONDS = 1_800;
/** Fewer answers say nothing about one percent of errors. */
export const MIN_REQUESTS = 200;
/** Model calls take seconds whatever the version: only what is worse than before counts as slow. */
const SLOWER = 1.5;

/**
 * Whether the new version may have more traffic. ECS moves it in steps of ten percent; it is held at the specification's
 * first and second share. A rollback is never held: it has five minutes for all of its way.
 */
export function gate(input: GateInput): Verdict {
  const { share, secondsAtShare, rollback, fresh, before } = input;
  if (rollback) return { decision: "proceed", because: "a rollback is never held" };

  const problem = problemOf(fresh, before);
  if (problem !== undefined) return { decision: "fail", because: problem };

  if (share !== first && share !== second) return { decision: "proceed", because: `no hold at ${share} %` };
  if (fresh.requests < MIN_REQUESTS) {
    return secondsAtShare >= SILENCE_SECONDS
      ? {
          decision: "fail",
          because: `only ${fresh.requests} answers in ${secondsAtShare} s: silence is no proof`,
        }
      : { decision: "hold", because: `${fresh.requests} of ${MIN_REQUESTS} answers` };
  }
  return secondsAtShare < HOLD_SECONDS
    ? { decision: "hold", because: `good for ${secondsAtShare} of ${HOLD_SECONDS} s at ${share} %` }
    : { decision: "proceed", because: `good for ${secondsAtShare} s at ${share} %` };
}

function problemOf(fresh: Observation, before: Observation): string | undefined {
  if (fresh.requests < MIN_REQUESTS) {
    // Too few for a ratio, enough for a version that does nothing but fail.
    return fresh.errors >= MIN_REQUESTS * critical.errorRate * 5 && fresh.errors > fresh.requests / 2
      ? `${fresh.errors} of ${fresh.requests} answers are errors`
      : undefined;
  }
  const rate = fresh.errors / fresh.requests;
  const usual = before.requests === 0 ? 0 : before.errors / before.requests;
  if (rate > critical.errorRate && rate > usual) return `${percent(rate)} errors, ${percent(usual)} before`;
  if (rate > warning.errorRate && rate > 2 * usual) return `${percent(rate)} errors, twice those before`;
  const { p95Ms: now } = fresh;
  if (now === undefined || now <= critical.latencyMs) return undefined;
  if (before.p95Ms === undefined) return `p95 ${Math.round(now)} ms, and nothing to compare it with`;
  if (now > SLOWER * before.p95Ms) return `p95 ${Math.round(now)} ms, ${Math.round(before.p95Ms)} before`;
  return undefined;
}

const percent = (ratio: number) => `${(100 * ratio).toFixed(2)} %`;
