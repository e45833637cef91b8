import pLimit from "p-limit";
import { backoff } from "../../platform/backoff";
import { type Clock, SECOND, systemClock } from "../../platform/clock";
import type { Db } from "../../platform/db/client";
import { log } from "../../platform/observability/log";
import type { Stripe } from "../stripe/stripe-client";
import { stripeOutage } from "../stripe/stripe-outage";
import type { ReceivedEvent } from "./events/event-handler";
import { processReceivedEvent } from "./process-received-event";

const AT_ONCE = 200;
/** Organizations do not wait for each other; Stripe's gate has room left for people. */
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
