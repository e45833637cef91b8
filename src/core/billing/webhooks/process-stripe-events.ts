import pLimit from "p-limit";
import { type Clock, type Db, SECOND, systemClock } from "../../platform";
import { afterResponse } from "../../platform/concurrency/after-response";
import { backoff } from "../../platform/concurrency/backoff";
import { singleton } from "../../platform/concurrency/singleton";
import { log } from "../../platform/observability/log";
import { readStripeState } from "../entitlement/stripe-state";
import { writeStripeState } from "../entitlement/sync-subscription";
import { billingMetrics } from "../metrics";
import { withBillingLease, writeUnderLease } from "../stripe/billing-lease";
import { findOrgOfCustomer } from "../stripe/customer";
import { placeCustomer } from "../stripe/place-customer";
import type { Stripe } from "../stripe/stripe-client";
import { stripeOutage } from "../stripe/stripe-errors";
import { eventHandlers, isKnownEvent } from "./events";
import type { ReceivedEvent } from "./events/event-handler";
import { customerBehind } from "./events/money-back";
import { receiveStripeEvent } from "./receive-stripe-event";

export type EventOutcome = "processed" | "repeated" | "unknown";

/** Records an event and processes it at once. One that fails is retried by the job. */
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
 * Processes an event once: its effect and the mark "processed" are one commit, and a concurrent second caller waits for
 * the lease and then finds the mark. False when it was already processed.
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
  const place = customer === undefined ? undefined : await placeOf(db, stripe, customer);
  const orgId = place === "other cell" ? undefined : place;
  const done = { processedAt: clock.now(), nextAttemptAt: null, lastError: null };
  if (place === "other cell") {
    billingMetrics().otherCells.inc();
    // What another cell's customer is called is not kept here either.
    const empty = { ...done, customerId: null, objectId: null };
    return (await db.stripeEvent.updateMany({ where: { id, processedAt: null }, data: empty })).count > 0;
  }
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
      // The effect is committed, so a mail server that is down must not cause a retry.
      log().error({ err: error, stripe_event: id, type }, "what follows a Stripe event failed");
    }
    return true;
  });
}

async function placeOf(db: Db, stripe: Stripe, customer: string) {
  return (await findOrgOfCustomer(db, customer)) ?? (await placeCustomer(db, stripe, customer));
}

const AT_ONCE = 200;
/** Customers are independent. So few leave the circuit breaker room for people's calls. */
const CUSTOMERS_AT_ONCE = 3;
const FIRST_WAIT_MS = 15 * SECOND;
const LONGEST_WAIT_MS = 3_600 * SECOND;
const LONGEST_OUTAGE_WAIT_MS = 300 * SECOND;

/**
 * Processes received events that are due. One that fails waits longer each time and stops no other; while Stripe is
 * down, all wait. Safe to run in several processes. Returns how many were processed.
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

/** Events of one customer would wait for each other's lease anyway. */
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
 * Schedules the next attempt of a failed event. During an outage of Stripe the wait is capped at minutes, so that plans
 * are right soon after it ends; it still grows, because this event may be what Stripe fails on.
 * @param event.attempts how often it failed before.
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

/** One per process, whichever bundle received the event. */
const work = singleton("Stripe events", () => ({ running: false, again: false }));

/** Processes received events after the response, one run at a time however many deliveries arrive. */
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
