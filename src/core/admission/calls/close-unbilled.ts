import { setTimeout as sleep } from "node:timers/promises";
import { SECOND } from "../../platform";
import type { Settlements } from "./settle-call";

/** PostgreSQL ends a statement sooner. */
const OPENING_ENDS_MS = 12 * SECOND;

/**
 * Ends a call whose caller has been told that it failed. Its opening may still be under way on a connection that broke: then it is
 * looked for again when PostgreSQL has ended every such statement. Until that is known it keeps what it holds.
 *
 * @returns whether it is known. Out of reach for so long, this process was taken for dead: its calls are closed by the others.
 */
export async function closeUnbilled(settlements: Settlements, id: string): Promise<boolean> {
  try {
    for (const pauseMs of [0, OPENING_ENDS_MS]) {
      await sleep(pauseMs, undefined, { ref: false });
      if ((await settlements.add(id, { status: "failed" })) !== null) break;
    }
    return true;
  } catch {
    return false;
  }
}
