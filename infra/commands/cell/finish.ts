import { setTimeout as sleep } from "node:timers/promises";
import {
  assertNotLeftBehind,
  type PromotionParts,
  PromotionRefused,
  readNewest,
  readState,
} from "./database-state";

/** As long as `cell_is_followed` takes an answer of the standby for news. */
export const FOLLOWED_MS = 12_000;
/** Far above what two monotonic clocks differ by meanwhile. */
const CLOCKS_MS = 1_000;

/**
 * How long after an epoch has begun, and after the database was last followed, no process of the one before can still have a
 * sign: its time to live, and the age at which a sign may have come.
 */
export function silenceMs({ store, ttlMs }: Pick<PromotionParts, "store" | "ttlMs">): number {
  return ttlMs + (store.decidesAlone ? CLOCKS_MS : FOLLOWED_MS);
}

/**
 * Makes a database that is a primary by now write under the epoch that was begun for it, once no process can count on it as
 * its standby any more. Repeating it changes nothing. Returns the epoch.
 * @throws PromotionRefused
 */
export async function finish(parts: PromotionParts): Promise<number> {
  const { sql, store, say } = parts;
  const state = await readState(sql);
  const known = await readNewest(store, state);
  assertNotLeftBehind(state, known);
  const { newest, note, isOwn } = known;
  if (state.follows)
    throw new PromotionRefused(
      isOwn
        ? `It still follows another database. Promote it, then finish epoch ${newest}.`
        : "No epoch has begun for it. First: npm run cell -- raise",
    );
  if (newest === state.epoch) {
    if (!isOwn)
      throw new PromotionRefused(
        `It writes already, under epoch ${newest}, and no later one has begun for it. If it was promoted before the epoch was raised: npm run cell -- raise --promoted`,
      );
    say(`It writes under epoch ${newest} already.`);
    return newest;
  }
  // Where it broke off, not every witness that is needed has it.
  if (note !== undefined) await store.raise(newest, note);
  const waitMs = silenceMs(parts);
  say(`A primary: waiting ${Math.round(waitMs / 1_000)} s for processes that had a sign until now.`);
  await sleep(waitMs);
  return await writeUnder(parts, newest);
}

/** Puts the epoch into the database: from here on it refuses those before. */
export async function writeUnder({ sql, say }: PromotionParts, epoch: number): Promise<number> {
  await sql.query("UPDATE cell_epoch SET epoch = $1, since = now(), superseded_by = NULL", [epoch]);
  // What was opened before only reads, or belongs to the epoch before.
  await sql.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
  );
  say(`It writes under epoch ${epoch}.`);
  return epoch;
}
