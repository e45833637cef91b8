import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { MINUTE, SECOND } from "../clock";
import type { Db, Tx } from "../db/client";
import { log } from "../observability/log";

/** The leases of a process that died expire after this long. */
const TTL_MS = 15 * SECOND;
const RENEW_EVERY_MS = 5 * SECOND;
/** Work that takes longer is stuck: its lease is no longer renewed, and another process may try. */
const MAX_RENEWAL_MS = 15 * MINUTE;
const POLL_MS = 100;

/**
 * The right to do what only one process may do at a time. It is a row that is renewed, not a lock: no connection is held
 * while an outside service answers. A process that was paused for longer than the lease may have lost it: a write that
 * must not happen then checks `holdsLease` in its own transaction.
 */
export interface Lease {
  name: string;
  /** Unique to this acquisition. */
  holder: string;
}

export type LeaseOutcome<T> = { acquired: true; value: T } | { acquired: false };

/** Runs `run` while it holds the lease. Waits for another holder for at most `waitMs`; after that `run` is not called. */
export async function withLease<T>(
  db: Db,
  { name, waitMs = 0 }: { name: string; waitMs?: number },
  run: (lease: Lease) => Promise<T>,
): Promise<LeaseOutcome<T>> {
  const lease = { name, holder: randomUUID() };
  const giveUpAt = performance.now() + waitMs;
  while (!(await acquire(db, lease))) {
    if (performance.now() >= giveUpAt) return { acquired: false };
    await sleep(POLL_MS);
  }
  const renewUntil = performance.now() + MAX_RENEWAL_MS;
  const renewing = setInterval(() => {
    if (performance.now() > renewUntil) clearInterval(renewing);
    else void renew(db, lease);
  }, RENEW_EVERY_MS).unref();
  try {
    return { acquired: true, value: await run(lease) };
  } finally {
    clearInterval(renewing);
    await release(db, lease);
  }
}

/** Whether this holder still has the lease. Until the transaction ends, no other can acquire it. */
export async function holdsLease(tx: Tx, { name, holder }: Lease): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM leases WHERE name = ${name} AND holder = ${holder}::uuid FOR SHARE`;
  return rows.length === 1;
}

async function acquire(db: Db, { name, holder }: Lease): Promise<boolean> {
  const acquired = await db.$executeRaw`
    INSERT INTO leases (name, holder, held_until)
    VALUES (${name}, ${holder}::uuid, now() + ${TTL_MS} * interval '1 millisecond')
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until
    WHERE leases.held_until < now()`;
  return acquired === 1;
}

async function renew(db: Db, { name, holder }: Lease): Promise<void> {
  try {
    await db.$executeRaw`
      UPDATE leases SET held_until = now() + ${TTL_MS} * interval '1 millisecond'
      WHERE name = ${name} AND holder = ${holder}::uuid`;
  } catch (error) {
    log().warn({ err: error, lease: name }, "a lease could not be renewed");
  }
}

/** A lease that cannot be released expires. */
async function release(db: Db, { name, holder }: Lease): Promise<void> {
  try {
    await db.$executeRaw`DELETE FROM leases WHERE name = ${name} AND holder = ${holder}::uuid`;
  } catch (error) {
    log().warn({ err: error, lease: name }, "a lease could not be released");
  }
}
