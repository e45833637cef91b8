import { LRUCache } from "lru-cache";
import type { DbOrTx } from "../../platform";

/** Where processes are told whose leases others are waiting for; the message is an organization's id. */
export const LEASE_CHANNEL = "agatha_leases";

/** Between two tries of a call that waits for leases to come back: a process gives back within milliseconds. */
export const RECALL_PAUSE_MS = 20;

/** A message that has just been sent is not repeated: each is a lock that all senders share. */
const REPEAT_MS = 100;
const recalled = new LRUCache<string, true>({ max: 10_000, ttl: REPEAT_MS });

/** Asks every process to give back what calls under way do not hold of an organization's tokens and money. */
export async function recallLeases(db: DbOrTx, orgId: string): Promise<void> {
  if (recalled.has(orgId)) return;
  recalled.set(orgId, true);
  await db.$executeRaw`SELECT pg_notify(${LEASE_CHANNEL}, ${orgId})`;
}
