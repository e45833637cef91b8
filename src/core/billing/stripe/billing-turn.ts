import { SECOND } from "../../platform/clock";
import type { Db, Tx } from "../../platform/db/client";
import { holds, type Lease, underLease } from "../../platform/lease";
import { singleton } from "../../platform/singleton";
import { withTimeout } from "../../platform/with-timeout";
import { underBillingLock } from "./billing-lock";
import { forgetAnswers } from "./recent-answers";
import { billingUnavailable } from "./stripe-outage";

/** Two tabs, a double click, webhooks beside: more of one organization wait for nothing. */
const WAITING_AT_MOST = 20;
const WAIT_MS = 10 * SECOND;

/** An organization's turn at Stripe. */
export interface Turn {
  orgId: string;
  lease: Lease;
}

interface Queue {
  waiting: number;
  last: Promise<void>;
}

/** By organization; one a process, so that portal and API wait in the same line. */
const queuesByOrg = singleton("billing turns", () => new Map<string, Queue>());

/**
 * One change of an organization's billing at a time. In this process they queue; between processes a lease decides, so
 * that nobody holds a connection of the database while Stripe answers. What is then written goes through `writeInTurn`,
 * which refuses a turn that was lost meanwhile: an answer that comes late never overwrites a newer one.
 *
 * Turns do not nest.
 * @throws AppError `billing_unavailable` when the turn does not come in time.
 */
export async function inTurn<T>(db: Db, orgId: string, run: (turn: Turn) => Promise<T>): Promise<T> {
  const leave = await enter(orgId);
  try {
    const done = await underLease(db, { name: `billing ${orgId}`, waitMs: WAIT_MS }, (lease) =>
      run({ orgId, lease }),
    );
    if (!done.taken) throw billingUnavailable("another process works on this organization's billing");
    return done.value;
  } finally {
    forgetAnswers(orgId);
    leave();
  }
}

/** Writes what a turn found out, unless the turn was lost meanwhile. @throws AppError `billing_unavailable`. */
export function writeInTurn<T>(db: Db, { orgId, lease }: Turn, write: (tx: Tx) => Promise<T>): Promise<T> {
  return underBillingLock(db, orgId, async (tx) => {
    if (!(await holds(tx, lease))) throw billingUnavailable("the turn at Stripe was lost");
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
    await withTimeout(before, WAIT_MS, () => billingUnavailable("the turn did not come in time"));
  } catch (error) {
    leave();
    throw error;
  }
  return leave;
}
