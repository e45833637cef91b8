import type { Db, Tx } from "../platform/db";

/** What a change at Stripe may take, its retries included, before the lock is given up. */
const LONGEST_MS = 60_000;

/** One change of an organization's billing at a time, in all processes: two tabs, a double click, a webhook beside. */
export async function lockBilling(tx: Tx, orgId: string): Promise<void> {
  await tx.$queryRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`billing.${orgId}`}, 0))::text`;
}

/** Runs under the organization's lock, which the transaction's end frees, whatever ends it. */
export function underBillingLock<T>(db: Db, orgId: string, run: (tx: Tx) => Promise<T>): Promise<T> {
  return db.$transaction(
    async (tx) => {
      await lockBilling(tx, orgId);
      return run(tx);
    },
    { maxWait: 5_000, timeout: LONGEST_MS },
  );
}
