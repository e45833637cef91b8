import { spec } from "../spec/spec";

/** What the script asks AWS. */
export interface AliasOutside {
  /** The version that callers get, and the newest that was published. */
  versions(): Promise<{ live: string; newest: string }>;
  /** `share` percent to the newest, the rest to the live one; 100 makes the newest the live one. */
  route(versions: { live: string; newest: string }, share: number): Promise<void>;
  /** Names of the alarms that ring. */
  ringing(): Promise<string[]>;
  wait(seconds: number): Promise<void>;
  say(line: string): void;
}

/** How long a share has to be quiet, looked at each half minute: a rollback begins within one. */
export const BAKE_SECONDS = 300;
const LOOK_SECONDS = 30;

export type Shifted = "nothing to shift" | "shifted" | "rolled back";

/**
 * Moves an alias to its newest version as the specification moves traffic: 10, 50, 100 percent, with a look at the alarms
 * between. CloudFormation has no such steps, and would move all at once; so it makes the alias and never touches it again.
 */
export async function shiftAlias(outside: AliasOutside): Promise<Shifted> {
  const versions = await outside.versions();
  if (versions.live === versions.newest) return "nothing to shift";
  for (const share of spec.delivery.canaryPercent) {
    const before = await outside.ringing();
    if (before.length > 0) return back(outside, versions, before);
    await outside.route(versions, share);
    outside.say(`version ${versions.newest} has ${share} %`);
    if (share === 100) break;
    for (let waited = 0; waited < BAKE_SECONDS; waited += LOOK_SECONDS) {
      await outside.wait(LOOK_SECONDS);
      const ringing = await outside.ringing();
      if (ringing.length > 0) return back(outside, versions, ringing);
    }
  }
  return "shifted";
}

async function back(
  outside: AliasOutside,
  versions: { live: string; newest: string },
  ringing: string[],
): Promise<Shifted> {
  await outside.route(versions, 0);
  outside.say(`${ringing.join(", ")}: back to version ${versions.live}`);
  return "rolled back";
}
