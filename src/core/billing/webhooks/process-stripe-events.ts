import pLimit from "p-limit";
import { type Clock, SECOND, systemClock } from "../../platform/clock";
import { afterResponse } from "../../platform/concurrency/after-response";
import { backoff } from "../../platform/concurrency/backoff";
import { singleton } from "../../platform/concurrency/singleton";
import type { Db } from "../../platform/db/client";
import { log } from "../../platform/observability/log";
import { readStripeState } from "../entitlement/stripe-state";
import { writeStripeState } from "../entitlement/sync-subscription";
import { withBillingLease, writeUnderLease } from "../stripe/billing-lease";
import { findOrgOfCustomer } from "../stripe/customer";
import type { Stripe } from "../stripe/stripe-client";
import { stripeOutage } from "../stripe/stripe-errors";
import { eventHandlers, isKnownEvent } from "./events";
import type { ReceivedEvent } from "./events/event-handler";
import { customerBehind } from "./events/money-back";
import { receiveStripeEvent } from "./receive-stripe-event";

export type EventOutcome = "processed" | "repeated" | "unknown";

/** Takes an event and does at once what it says. One that fails is left to the job that does what waits. */
export async function processStripeEvent(
  db: Db,
  stripe: Stripe,
  event: Stripe.Event,
  clock: Clock = systemClock,
): Promise<EventOutcome> {
  if ((await receiveStripeEvent(db, event, clock)) === "unknown") return "unknown";
  const received = await db.stripeEvent.findUniqueOrThrow({ where: { id: event.id } });
  try {
    return (await processReceivedEvent(db, stripe, received, clock)) ? "processed" : "repeated";
  } catch (error) {
    await postpone(db, received, error, clock);
    throw error;
  }
}

/**
 * Takes an event's effect once: the mark "processed" and the effect are one commit, and of two who work on the same event the second
 * waits for the lease and then finds it processed. False when it was done already.
 */
export async function processReceivedEvent(
  db: Db,
  stripe: Stripe,
  event: ReceivedEvent,
  clock: Clock = systemClock,
): Promise<boolean> {
  const { id, type } = event;
  const waits = async () => (await db.stripeEvent.count({ where: { id, processedAt: null } })) > 0;
  if (!(await waits())) return false;
  const customer = event.customerId ?? (await customerBehind(stripe, event));
  const orgId = customer === undefined ? undefined : await findOrgOfCustomer(db, customer);
  const done = { processedAt: clock.now(), nextAttemptAt: null, lastError: null };
  if (customer === undefined || orgId === undefined || !isKnownEvent(type)) {
    return (await db.stripeEvent.updateMany({ where: { id, processedAt: null }, data: done })).count > 0;
  }
  return withBillingLease(db, orgId, async (lease) => {
    if (!(await waits())) return false;
    const effect = await eventHandlers[type]({ db, stripe, event, orgId, customer, clock });
    const state = await readStripeState(stripe, customer);
    const entitlement = await writeUnderLease(db, lease, async (tx) => {
      const { count } = await tx.stripeEvent.updateMany({ where: { id, processedAt: null }, data: done });
      if (count === 0) return undefined;
      await effect?.write?.(tx);
      return writeStripeState(tx, { orgId, customer, state }, clock);
    });
    if (entitlement === undefined) return false;
    try {
      await effect?.after?.(entitlement);
    } catch (error) {
      // The effect stands; a mail server that is down must not make us do again what is done.
      log().error({ err: error, stripe_event: id, type }, "what follows a Stripe event failed");
    }
    return true;
  });
}

const AT_ONCE = 200;
/** Customers do not wait for each other, and the circuit breaker keeps capacity for people. */
const CUSTOMERS_AT_ONCE = 3;
const FIRST_WAIT_MS = 15 * SECOND;
const LONGEST_WAIT_MS = 3_600 * SECOND;
const LONGEST_OUTAGE_WAIT_MS = 300 * SECOND;

/**
 * Does what the events say that were taken and wait. One that fails waits longer each time and stops no other; when
 * Stripe is away, all wait. Safe to run in many processes. Returns how many were done.
 */
export async function processReceivedEvents(
  db: Db,
  stripe: Stripe,
  { signal, clock = systemClock }: { signal?: AbortSignal; clock?: Clock } = {},
): Promise<number> {
  const waiting = await db.stripeEvent.findMany({
    where: { processedAt: null, OR: [{ nextAttemptAt: null }, { nextAttemptAt: { lte: clock.now() } }] },
    orderBy: [{ receivedAt: "asc" }, { id: "asc" }],
    take: AT_ONCE,
  });
  let done = 0;
  let away = false;
  await pLimit(CUSTOMERS_AT_ONCE).map(byCustomer(waiting), async (events) => {
    for (const event of events) {
      if (away || signal?.aborted) return;
      try {
        if (await processReceivedEvent(db, stripe, event, clock)) done += 1;
      } catch (error) {
        away ||= stripeOutage(error) !== undefined;
        await postpone(db, event, error, clock);
      }
    }
  });
  return done;
}

/** Those of one customer wait for each other anyway. */
function byCustomer<T extends ReceivedEvent>(events: readonly T[]): T[][] {
  const groups = new Map<string | null, T[]>();
  for (const event of events) {
    const group = groups.get(event.customerId);
    if (group === undefined) groups.set(event.customerId, [event]);
    else group.push(event);
  }
  return [...groups.values()];
}

/**
 * An event that met a Stripe that was away waits minutes at most: an outage of hours must not be followed by hours in
 * which plans are not what was paid for. It still waits longer each time, for it may be the one that Stripe fails on.
 * @param event.attempts how often it had failed before.
 */
export async function postpone(
  db: Db,
  { id, type, attempts }: ReceivedEvent & { attempts: number },
  error: unknown,
  clock: Clock,
): Promise<void> {
  const longest = stripeOutage(error) === undefined ? LONGEST_WAIT_MS : LONGEST_OUTAGE_WAIT_MS;
  const wait = backoff(attempts, { baseMs: FIRST_WAIT_MS, capMs: longest });
  log().error({ err: error, stripe_event: id, type, attempts }, "a Stripe event waits to be done again");
  await db.stripeEvent.updateMany({
    where: { id, processedAt: null },
    data: {
      attempts: { increment: 1 },
      nextAttemptAt: new Date(clock.now().getTime() + wait),
      lastError: error instanceof Error ? error.name : typeof error,
    },
  });
}

/** One a process, whichever bundle received the event. */
const work = singleton("Stripe events", () => ({ running: false, again: false }));

/** Does what was taken, after the answer and one run at a time, however many deliveries come meanwhile. */
export function processEventsAfterResponse(db: Db, stripe: Stripe): void {
  const run = work();
  run.again = true;
  if (run.running) return;
  run.running = true;
  afterResponse("stripe events", async () => {
    try {
      while (run.again) {
        run.again = false;
        await processReceivedEvents(db, stripe);
      }
    } finally {
      run.running = false;
    }
  });
}
