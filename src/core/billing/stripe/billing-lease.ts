import { SECOND } from "../../platform/clock";
import { holdsLease, type Lease, withLease } from "../../platform/concurrency/lease";
import { singleton } from "../../platform/concurrency/singleton";
import { withTimeout } from "../../platform/concurrency/with-timeout";
import { advisoryLock } from "../../platform/db/advisory-lock";
import type { Db, Tx } from "../../platform/db/client";
import { dropStripeCache } from "./stripe-cache";
import { billingUnavailable } from "./stripe-errors";

/** Two tabs, a double click, webhooks beside: more of one organization wait for nothing. */
const WAITING_AT_MOST = 20;
const WAIT_MS = 10 * SECOND;

/** The exclusive right to change one organization's billing at Stripe. */
export interface BillingLease extends Lease {
  orgId: string;
}

interface Queue {
  waiting: number;
  last: Promise<void>;
}

/** By organization; one a process, so that portal and API wait in the same line. */
const queuesByOrg = singleton("billing queues", () => new Map<string, Queue>());

/**
 * One change of an organization's billing at a time. In this process they queue; between processes a lease decides, so
 * that nobody holds a connection of the database while Stripe answers. What is then written goes through `writeUnderLease`,
 * which fails when the lease was lost meanwhile: a late response never overwrites a newer one.
 *
 * Billing leases do not nest.
 * @throws AppError `billing_unavailable` when the lease does not come free in time.
 */
export async function withBillingLease<T>(
  db: Db,
  orgId: string,
  run: (lease: BillingLease) => Promise<T>,
): Promise<T> {
  const leave = await enter(orgId);
  try {
    const done = await withLease(db, { name: `billing ${orgId}`, waitMs: WAIT_MS }, (lease) =>
      run({ ...lease, orgId }),
    );
    if (!done.acquired) throw billingUnavailable("another process works on this organization's billing");
    return done.value;
  } finally {
    dropStripeCache(orgId);
    leave();
  }
}

/** Writes what was read under the lease, unless the lease was lost meanwhile. @throws AppError `billing_unavailable`. */
export function writeUnderLease<T>(db: Db, lease: BillingLease, write: (tx: Tx) => Promise<T>): Promise<T> {
  return withBillingLock(db, lease.orgId, async (tx) => {
    if (!(await holdsLease(tx, lease))) throw billingUnavailable("the billing lease was lost");
    return write(tx);
  });
}

async function enter(orgId: string): Promise<() => void> {
  const queues = queuesByOrg();
  const queue = queues.get(orgId) ?? { waiting: 0, last: Promise.resolve() };
  if (queue.waiting >= WAITING_AT_MOST) throw billingUnavailable("too many wait for this organization");
  let leave = () => {};
  const mine = new Promise<void>((resolve) => {
    leave = () => {
      queue.waiting -= 1;
      if (queue.waiting === 0) queues.delete(orgId);
      resolve();
    };
  });
  const before = queue.last;
  queue.waiting += 1;
  queue.last = before.then(() => mine);
  queues.set(orgId, queue);
  try {
    await withTimeout(before, WAIT_MS, () =>
      billingUnavailable("the billing lease did not come free in time"),
    );
  } catch (error) {
    leave();
    throw error;
  }
  return leave;
}

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
