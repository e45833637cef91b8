import { type Clock, DAY, HOUR, systemClock } from "../platform/clock";
import type { Db } from "../platform/db";
import { knownEvents } from "./events";
import { processStripeEvent } from "./process-stripe-event";
import type { Stripe } from "./stripe-client";
import { syncSubscription } from "./sync-subscription";
import { tellLapsed } from "./tell-lapsed";

const MARK = "stripe events";
/** Stripe keeps events for thirty days. */
const KEPT_MS = 30 * DAY;
/** Events may be listed a little after the time they carry. */
const OVERLAP_MS = HOUR;

export interface Reconciled {
  /** Events that no webhook had brought. */
  repaired: number;
  /** Subscriptions whose grace was looked at again. */
  in_grace: number;
}

/**
 * Repairs what webhooks missed, however long the outage: walks Stripe's own list of events from where it last got to
 * and takes those not taken yet. Safe to break off and to repeat: the mark moves only after the whole walk.
 */
export async function reconcileBilling(
  db: Db,
  stripe: Stripe,
  { signal, clock = systemClock }: { signal?: AbortSignal; clock?: Clock } = {},
): Promise<Reconciled> {
  const startedAt = clock.now();
  const mark = await db.billingMark.findUnique({ where: { name: MARK } });
  const since = Math.max(startedAt.getTime() - KEPT_MS, (mark?.at.getTime() ?? 0) - OVERLAP_MS);
  let repaired = 0;
  const events = stripe.events.list({
    created: { gte: Math.floor(since / 1_000) },
    types: [...knownEvents],
    limit: 100,
  });
  for await (const event of events) {
    if (signal?.aborted) return { repaired, in_grace: 0 };
    const known = await db.stripeEvent.findUnique({ where: { id: event.id }, select: { id: true } });
    if (known === null && (await processStripeEvent(db, stripe, event)) === "processed") repaired += 1;
  }
  await db.billingMark.upsert({
    where: { name: MARK },
    create: { name: MARK, at: startedAt },
    update: { at: startedAt },
  });
  return { repaired, in_grace: await endGraces(db, stripe, clock) };
}

/** Nothing happens at Stripe when seven days are over; it is for us to look again, and to write. */
export async function endGraces(db: Db, stripe: Stripe, clock: Clock = systemClock): Promise<number> {
  const due = await db.subscription.findMany({
    where: { graceEndsAt: { lte: clock.now() }, stripeCustomerId: { not: null } },
    select: { stripeCustomerId: true },
  });
  for (const { stripeCustomerId } of due) {
    if (stripeCustomerId !== null) await syncSubscription(db, stripe, stripeCustomerId, clock);
  }
  await tellLapsed(db, stripe);
  return due.length;
}
