import { SILENCE_SECONDS, type Verdict } from "./gate";

/** What an empty batch came to, given to the new version and to no other. */
export type Probe = "answered" | "silent" | { failed: string };

export interface AliasGateInput {
  secondsAtShare: number;
  /** Names of the alarms that ring. */
  ringing: readonly string[];
  /** All probes at this share. */
  probes: readonly Probe[];
}

/** How long a share has to be good. */
export const BAKE_SECONDS = 300;
/** So many answers say that the version loads, has its secrets and reaches its database, also where no customer's batch comes. */
export const MIN_ANSWERS = 10;

/**
 * Whether a function's new version may have more. Alarms speak of customers' batches, of which there may be none: then only our own
 * calls tell a good version from one that nobody has asked, and without answers to those it is not judged, and goes back.
 */
export function aliasGate({ secondsAtShare, ringing, probes }: AliasGateInput): Verdict {
  if (ringing.length > 0) return { decision: "fail", because: ringing.join(", ") };
  const failure = probes.find((probe) => typeof probe === "object");
  if (failure !== undefined) return { decision: "fail", because: `an empty batch failed: ${failure.failed}` };
  const answers = probes.filter((probe) => probe === "answered").length;
  if (answers < MIN_ANSWERS)
    return secondsAtShare >= SILENCE_SECONDS
      ? {
          decision: "fail",
          because: `only ${answers} answers in ${secondsAtShare} s: silence is no proof`,
        }
      : { decision: "hold", because: `${answers} of ${MIN_ANSWERS} answers` };
  return secondsAtShare < BAKE_SECONDS
    ? { decision: "hold", because: `good for ${secondsAtShare} of ${BAKE_SECONDS} s` }
    : { decision: "proceed", because: `good for ${secondsAtShare} s, ${answers} answers` };
}
