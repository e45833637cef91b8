import { type Db, SECOND, type Tx } from "../../platform";
import { holdsLease, type Lease, withLease } from "../../platform/concurrency/lease";
import { singleton } from "../../platform/concurrency/singleton";
import { withTimeout } from "../../platform/concurrency/with-timeout";
import { advisoryLock } from "../../platform/db/advisory-lock";
import { dropStripeCache } from "./stripe-cache";
import { billingUnavailable } from "./stripe-errors";

/** A second tab, a double click, webhooks: more callers of one organization than this are refused at once. */
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

/** By organization. One per process, so that portal and API share a queue. */
const queuesByOrg = singleton("billing queues", () => new Map<string, Queue>());

/**
 * Lets one caller at a time change an organization's billing. Callers in this process queue; between processes a lease
 * decides, so nobody holds a database connection while Stripe answers. The result is written through `writeUnderLease`,
 * which fails when the lease was lost, so that a late response never overwrites a newer one. Billing leases do not
 * nest.
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

/**
 * Commits a write based on a read under the lease; fails when the lease was lost meanwhile.
 * @throws AppError `billing_unavailable`.
 */
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

/** No outside service is called while the lock is held, so it is free again within milliseconds. */
const LONGEST_MS = 10 * SECOND;

/**
 * Locks an organization's billing for one writer across all processes. Never held during a call to Stripe: see
 * `withBillingLease`.
 */
export function lockBilling(tx: Tx, orgId: string): Promise<void> {
  return advisoryLock(tx, "billing", orgId);
}

/** Runs a transaction under the organization's billing lock, which ends with the transaction. */
export function withBillingLock<T>(db: Db, orgId: string, run: (tx: Tx) => Promise<T>): Promise<T> {
  return db.$transaction(
    async (tx) => {
      await lockBilling(tx, orgId);
      return run(tx);
    },
    { maxWait: 5 * SECOND, timeout: LONGEST_MS },
  );
}
