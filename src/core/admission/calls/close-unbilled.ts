import { setTimeout as sleep } from "node:timers/promises";
import { SECOND } from "../../platform";
import { DatabaseAway } from "../commit/connection";
import type { Settled } from "./ended-call";
import type { Settlements } from "./settle-call";

/** PostgreSQL ends a statement sooner. */
const OPENING_ENDS_MS = 12 * SECOND;

/**
 * Ends a call whose caller has been told that it failed. Its opening may still be under way on a connection that broke: then it is
 * looked for again when PostgreSQL has ended every such statement. It goes on for as long as PostgreSQL is away: nobody else closes the
 * calls of a process that is alive again as soon as PostgreSQL is.
 *
 * @returns what the ledger says of it: a settlement may have been committed and nobody heard of it. Undefined: that is not known, and
 *   the call keeps what it holds.
 */
export async function closeUnbilled(settlements: Settlements, id: string): Promise<Settled | undefined> {
  try {
    for (const pauseMs of [0, OPENING_ENDS_MS]) {
      await sleep(pauseMs, undefined, { ref: false });
      const settled = await onceBack(settlements, () => settlements.close(id));
      if (settled !== null) return settled;
    }
    return { tokens: 0, micros: 0n };
  } catch {
    return undefined;
  }
}

/** Tried again for as long as PostgreSQL is away and this process settles anything. */
export async function onceBack<Read>(settlements: Settlements, close: () => Promise<Read>): Promise<Read> {
  for (; ; await sleep(SECOND, undefined, { ref: false })) {
    try {
      return await close();
    } catch (error) {
      if (!(error instanceof DatabaseAway) || settlements.drained) throw error;
    }
  }
}
