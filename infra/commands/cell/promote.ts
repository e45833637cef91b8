import { setTimeout as sleep } from "node:timers/promises";
import { type PromotionParts, PromotionRefused, readState } from "./database-state";
import { finish, silenceMs, writeUnder } from "./finish";
import { begin } from "./raise";

/**
 * Makes a standby its cell's writer, where PostgreSQL is ours to promote. In this order, so that no process of the
 * epoch before writes once the new one does, whatever it can see: the epoch outside is raised; the standby has taken nothing
 * for longer than a process goes on without a sign; only then it is promoted, and its own epoch raised. Repeating it after a
 * failure goes on where it stopped. Returns the new epoch.
 * @throws PromotionRefused
 */
export async function promote(parts: PromotionParts): Promise<number> {
  const { sql, say } = parts;
  const state = await readState(sql);
  if (!state.follows) return await finish(parts);
  const epoch = await begin(parts, state);
  await untilAlone(parts);
  await sql.query("SELECT pg_promote(true, 120)");
  if ((await readState(sql)).follows)
    throw new PromotionRefused("PostgreSQL did not promote it within two minutes. Repeat.");
  say("The standby is a primary.");
  return await writeUnder(parts, epoch);
}

/** Until the standby has taken nothing for so long that no process of the other region can count on it. */
async function untilAlone(parts: PromotionParts): Promise<void> {
  const { sql, say, pollMs = 500 } = parts;
  const needed = silenceMs(parts);
  say(`Waiting until nothing has come from the other region for ${Math.round(needed / 1_000)} s.`);
  let aloneSince = performance.now();
  let told = false;
  while (performance.now() - aloneSince < needed) {
    if ((await readState(sql)).receives) {
      aloneSince = performance.now();
      if (!told) say("It still follows the other region. If that lives, stop its database now.");
      told = true;
    }
    await sleep(pollMs);
  }
}
