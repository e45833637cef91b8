import { SECOND } from "../../platform/clock";
import { advisoryLock } from "../../platform/db/advisory-lock";
import type { Db, Tx } from "../../platform/db/client";

/** Nothing outside is asked while it is held, so that it is over in milliseconds. */
const LONGEST_MS = 10 * SECOND;

/** One writer of an organization's billing at a time, in all processes. Never across a call to Stripe: see `withBillingLease`. */
export function lockBilling(tx: Tx, orgId: string): Promise<void> {
  return advisoryLock(tx, "billing", orgId);
}

/** Writes under the organization's lock, which the transaction's end frees, whatever ends it. */
export function withBillingLock<T>(db: Db, orgId: string, run: (tx: Tx) => Promise<T>): Promise<T> {
  return db.$transaction(
    async (tx) => {
      await lockBilling(tx, orgId);
      return run(tx);
    },
    { maxWait: 5 * SECOND, timeout: LONGEST_MS },
  );
}
