import { setTimeout as sleep } from "node:timers/promises";
import { MINUTE, SECOND } from "../../platform";
import { backoff } from "../../platform/concurrency/backoff";
import { log } from "../../platform/observability/log";
import { DatabaseAway } from "../commit/connection";
import type { Settled } from "./ended-call";
import type { Settlements } from "./settle-call";

/** By then PostgreSQL has ended every statement that opens a call. */
const OPENING_ENDS_MS = 12 * SECOND;

/**
 * Ends a call whose caller has been told that it failed. The statement that opens it may still run on a connection that broke, so the
 * call is looked for a second time, when PostgreSQL has ended every such statement. It is tried for as long as PostgreSQL is away or
 * refuses: this process is alive, so nobody else closes its calls.
 *
 * @returns what the ledger says of it: a settlement may have been committed without an answer. Undefined: this process ends before
 *   that is known, and whoever recovers its calls closes this one.
 */
export async function closeUnbilled(settlements: Settlements, id: string): Promise<Settled | undefined> {
  for (const pauseMs of [0, OPENING_ENDS_MS]) {
    await sleep(pauseMs, undefined, { ref: false });
    const settled = await closeOnce(settlements, id);
    if (settled !== null) return settled;
  }
  return { tokens: 0, micros: 0n };
}

async function closeOnce(settlements: Settlements, id: string): Promise<Settled | null | undefined> {
  for (let refusals = 0; ; refusals += 1) {
    try {
      return await onceBack(settlements, () => settlements.close(id));
    } catch (error) {
      if (settlements.drained) return undefined;
      log().error({ err: error, request: id }, "a call could not be closed; it will be tried again");
      await sleep(backoff(refusals, { baseMs: SECOND, capMs: MINUTE }), undefined, { ref: false });
    }
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
