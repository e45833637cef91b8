import { setTimeout as sleep } from "node:timers/promises";
import {
  assertNotLeftBehind,
  type DatabaseState,
  type PromotionParts,
  PromotionRefused,
  readNewest,
  readState,
} from "./database-state";
import { silenceMs } from "./finish";

/**
 * Raises the epoch outside for a standby that a managed service is to promote, and waits as long as a process goes on without a
 * sign: then it may be promoted, and `finish` makes it write. Repeating it changes nothing. Returns the epoch that has begun.
 *
 * `promoted` is for a database that was promoted before: until then both regions' processes hold the same epoch. From here on
 * this one is the cell's, and all of them stop.
 * @throws PromotionRefused
 */
export async function raise(parts: PromotionParts, { promoted = false } = {}): Promise<number> {
  const { sql, store, say } = parts;
  const state = await readState(sql);
  if (!state.follows) return await raiseForPromoted(parts, state, promoted);
  if (promoted)
    throw new PromotionRefused(
      "It follows another database, so nobody has promoted it. Repeat without --promoted.",
    );
  const epoch = await begin(parts, state);
  // Who counts on its standby goes on until it is promoted: `finish` waits for those.
  const waitMs = store.decidesAlone ? silenceMs(parts) : parts.ttlMs;
  say(`Waiting ${Math.round(waitMs / 1_000)} s for processes that do not see it.`);
  await sleep(waitMs);
  const { receives, supersededBy } = await readState(sql);
  if (receives && supersededBy !== epoch && !store.decidesAlone)
    say(
      "The old database still writes, and nobody has told it: what it takes from the promotion on is lost. Stop its processes first if you can.",
    );
  say("Promote the database now. When it is a primary: npm run cell -- finish");
  return epoch;
}

/** Begins the next epoch for a standby, or goes on with the one that was begun for it. */
export async function begin({ store, say }: PromotionParts, state: DatabaseState): Promise<number> {
  const known = await readNewest(store, state);
  assertNotLeftBehind(state, known);
  if (known.isOwn && known.note !== undefined) {
    // Where it broke off, not every witness that is needed has it.
    await store.raise(known.newest, known.note);
    return known.newest;
  }
  const epoch = known.newest + 1;
  const { database, timeline } = state;
  await store.raise(epoch, { at: new Date().toISOString(), database, timeline });
  say(`Epoch ${epoch} has begun outside: processes that see it stop now.`);
  return epoch;
}

async function raiseForPromoted(
  { store, say }: PromotionParts,
  state: DatabaseState,
  promoted: boolean,
): Promise<number> {
  const known = await readNewest(store, state);
  assertNotLeftBehind(state, known);
  const { newest, note, isOwn } = known;
  const { epoch, database, timeline } = state;
  if (newest !== epoch) {
    say(`Epoch ${newest} has begun for it, and it is promoted. Now: npm run cell -- finish`);
    return newest;
  }
  // The writer of an epoch is one timeline above its note: only a later promotion is above that.
  const isWriter = isOwn || timeline <= (note?.timeline ?? 0) + 1;
  if (isWriter)
    throw new PromotionRefused(`It writes already, under epoch ${epoch}, and was not promoted since.`);
  if (!promoted)
    throw new PromotionRefused(
      `It writes already, under epoch ${epoch}. If it was promoted before the epoch was raised: npm run cell -- raise --promoted`,
    );
  await store.raise(newest + 1, { at: new Date().toISOString(), database, timeline: timeline - 1 });
  say(`Epoch ${newest + 1} has begun outside for this database. Now: npm run cell -- finish`);
  return newest + 1;
}
