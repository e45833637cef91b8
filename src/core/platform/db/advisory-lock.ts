import type { Tx } from "./client";

/**
 * The advisory locks that this code takes, so that no two of them meet by accident. Releases that run side by side must
 * exclude each other: a lock's key never changes. The database's own functions lock `hashtext('partitions.' || table)`,
 * and a group of submits locks its idempotency keys inside its one statement (`insert-requests`).
 */
const lockKeys = {
  /** Held by a migration for its session (`prisma/deploy-migrations.ts`). */
  migrations: 6_117_104_842,
  "usage-statistics": 7_104_026,
} as const;

type NamedLock = keyof typeof lockKeys;
/** Locks with one key for each id: an organization's, an index's. */
type LockNamespace = "billing" | "blind-index";

export function lockKey(name: NamedLock): number {
  return lockKeys[name];
}

/** Waits for the lock and holds it until the transaction ends, whatever ends it. */
export async function advisoryLock(tx: Tx, namespace: LockNamespace, id: string): Promise<void> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`${namespace}.${id}`}, 0))::text`;
}

/** Takes the lock until the transaction ends, unless another session holds it. */
export async function tryAdvisoryLock(tx: Tx, name: NamedLock): Promise<boolean> {
  const [lock] = await tx.$queryRaw<{ held: boolean }[]>`
    SELECT pg_try_advisory_xact_lock(${lockKeys[name]}) AS held`;
  return lock?.held ?? false;
}
