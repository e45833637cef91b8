import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { MINUTE, SECOND } from "./clock";
import type { Db, Tx } from "./db/client";
import { log } from "./observability/log";

/** A process that dies gives its leases back after this long. */
const HELD_MS = 15 * SECOND;
const RENEW_EVERY_MS = 5 * SECOND;
/** Something that takes longer is badly wrong: it is not renewed any more, and another process may try. */
const LONGEST_MS = 15 * MINUTE;
const ASK_AGAIN_MS = 100;

/**
 * The right to do what only one process may do at a time. A row that is renewed, not a lock: no connection is held
 * while an outside service answers. Whoever was paused for longer than the lease may find that another holds it now;
 * what must not be written then asks `holds` in the transaction that writes it.
 */
export interface Lease {
  name: string;
  /** Of this time alone: never the same again. */
  holder: string;
}

export type UnderLease<T> = { taken: true; value: T } | { taken: false };

/** Runs while it holds the lease of that name. Another holder is waited for, for at most `waitMs`; then nothing runs. */
export async function underLease<T>(
  db: Db,
  { name, waitMs = 0 }: { name: string; waitMs?: number },
  run: (lease: Lease) => Promise<T>,
): Promise<UnderLease<T>> {
  const lease = { name, holder: randomUUID() };
  const giveUpAt = performance.now() + waitMs;
  while (!(await take(db, lease))) {
    if (performance.now() >= giveUpAt) return { taken: false };
    await sleep(ASK_AGAIN_MS);
  }
  const renewUntil = performance.now() + LONGEST_MS;
  const renewing = setInterval(() => {
    if (performance.now() > renewUntil) clearInterval(renewing);
    else void renew(db, lease);
  }, RENEW_EVERY_MS).unref();
  try {
    return { taken: true, value: await run(lease) };
  } finally {
    clearInterval(renewing);
    await giveBack(db, lease);
  }
}

/** Whether nobody else has taken it; until the transaction ends, nobody can. */
export async function holds(tx: Tx, { name, holder }: Lease): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM leases WHERE name = ${name} AND holder = ${holder}::uuid FOR SHARE`;
  return rows.length === 1;
}

async function take(db: Db, { name, holder }: Lease): Promise<boolean> {
  const taken = await db.$executeRaw`
    INSERT INTO leases (name, holder, held_until)
    VALUES (${name}, ${holder}::uuid, now() + ${HELD_MS} * interval '1 millisecond')
    ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, held_until = excluded.held_until
    WHERE leases.held_until < now()`;
  return taken === 1;
}

async function renew(db: Db, { name, holder }: Lease): Promise<void> {
  try {
    await db.$executeRaw`
      UPDATE leases SET held_until = now() + ${HELD_MS} * interval '1 millisecond'
      WHERE name = ${name} AND holder = ${holder}::uuid`;
  } catch (error) {
    log().warn({ err: error, lease: name }, "a lease could not be renewed");
  }
}

/** One that cannot be given back runs out. */
async function giveBack(db: Db, { name, holder }: Lease): Promise<void> {
  try {
    await db.$executeRaw`DELETE FROM leases WHERE name = ${name} AND holder = ${holder}::uuid`;
  } catch (error) {
    log().warn({ err: error, lease: name }, "a lease could not be given back");
  }
}
