import { spec } from "../spec/spec";
import { aliasGate, type Probe } from "./alias-gate";

/** What the script asks AWS. */
export interface AliasOutside {
  /** The version that callers get, and the newest that was published. */
  versions(): Promise<{ live: string; newest: string }>;
  /** `share` percent to the newest, the rest to the live one; 100 makes the newest the live one. */
  route(versions: { live: string; newest: string }, share: number): Promise<void>;
  /** Names of the alarms that ring. */
  ringing(): Promise<string[]>;
  /** Calls that very version with a batch of nothing. */
  probe(version: string): Promise<Probe>;
  wait(seconds: number): Promise<void>;
  say(line: string): void;
}

/** A share is looked at each half minute: a rollback begins within one. */
const LOOK_SECONDS = 30;

export type Shifted = "nothing to shift" | "shifted" | "rolled back";

/**
 * Moves an alias to its newest version as the specification moves traffic: 10, 50, 100 percent, with the gate between.
 * CloudFormation has no such steps, and would move all at once; so it makes the alias and never touches it again.
 */
export async function shiftAlias(outside: AliasOutside): Promise<Shifted> {
  const versions = await outside.versions();
  if (versions.live === versions.newest) return "nothing to shift";
  for (const share of spec.delivery.canaryPercent) {
    const before = await judge(outside, versions.newest, 0, []);
    if (before.decision === "fail") return back(outside, versions, before.because);
    await outside.route(versions, share);
    outside.say(`version ${versions.newest} has ${share} %`);
    if (share === 100) break;
    const probes: Probe[] = [];
    for (let waited = LOOK_SECONDS; ; waited += LOOK_SECONDS) {
      await outside.wait(LOOK_SECONDS);
      const { decision, because } = await judge(outside, versions.newest, waited, probes);
      if (decision === "fail") return back(outside, versions, because);
      if (decision === "proceed") break;
    }
  }
  return "shifted";
}

async function judge(outside: AliasOutside, version: string, secondsAtShare: number, probes: Probe[]) {
  probes.push(await outside.probe(version));
  return aliasGate({ secondsAtShare, ringing: await outside.ringing(), probes });
}

async function back(
  outside: AliasOutside,
  versions: { live: string; newest: string },
  because: string,
): Promise<Shifted> {
  await outside.route(versions, 0);
  outside.say(`${because}: back to version ${versions.live}`);
  return "rolled back";
}
