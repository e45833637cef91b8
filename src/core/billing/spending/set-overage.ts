import { isByAgreement, isPaidPlan } from "../../../shared/plans";
import { actorOf, recordAuditIn } from "../../audit";
import { planOf } from "../../orgs";
import { AppError, type Clock, type Db, systemClock, type UserPrincipal } from "../../platform";
import { isPaidUp } from "../entitlement/entitlement";
import { readStripeState } from "../entitlement/stripe-state";
import { writeStripeState } from "../entitlement/sync-subscription";
import { findOveragePrice, overageItem } from "../prices/overage-price";
import { soldPlan } from "../prices/subscription-items";
import type { SpendingView } from "../schemas";
import { withBillingLease, writeUnderLease } from "../stripe/billing-lease";
import type { Stripe } from "../stripe/stripe-client";
import { findLiveSubscription, type LiveSubscription, phasesOf } from "../subscription/live-subscription";
import { getSpending } from "./get-spending";

/**
 * Turns overage on or off: whether requests go on past the month's tokens, billed at catalogue prices. On: the
 * subscription gets the metered item first, so that no usage is left without an invoice. Off: the item stays, so that
 * earlier usage is still invoiced, and new requests stop at the quota.
 * @throws AppError `conflict` without a paid plan in good standing.
 */
export async function setOverage(
  db: Db,
  stripe: Stripe,
  { principal, on }: { principal: UserPrincipal; on: boolean },
  clock: Clock = systemClock,
): Promise<SpendingView> {
  const { orgId } = principal;
  await withBillingLease(db, orgId, async (lease) => {
    const row = await db.subscription.findUnique({ where: { orgId }, select: { plan: true } });
    if (on && isByAgreement(planOf(row))) throw limitedByOverride();
    const live = on ? await findLiveSubscription(db, stripe, orgId) : undefined;
    if (live !== undefined) await sellOverage(stripe, live);
    const state = live && (await readStripeState(stripe, live.customerId));
    await writeUnderLease(db, lease, async (tx) => {
      if (live !== undefined && state !== undefined) {
        await writeStripeState(tx, { orgId, customer: live.customerId, state }, clock);
      }
      const before = await tx.subscription.findUnique({ where: { orgId }, select: { overage: true } });
      if ((before?.overage ?? false) === on) return;
      await tx.subscription.update({ where: { orgId }, data: { overage: on, updatedAt: clock.now() } });
      await recordAuditIn(tx, {
        orgId,
        actor: actorOf(principal),
        action: on ? "billing.overage_enabled" : "billing.overage_disabled",
      });
    });
  });
  return getSpending(db, { orgId }, clock);
}

async function sellOverage(stripe: Stripe, { subscription }: LiveSubscription): Promise<void> {
  if (!isPaidPlan(soldPlan(subscription))) throw limitedByOverride();
  if (!isPaidUp(subscription)) {
    throw new AppError("conflict", {
      public: "The last payment failed. Pay the open invoice or update your card, then turn on overage.",
    });
  }
  if (overageItem(subscription) !== undefined) return;
  const price = await findOveragePrice(stripe);
  const { schedule } = subscription;
  if (schedule === null || typeof schedule === "string") {
    await stripe.subscriptions.update(subscription.id, { items: [{ price }], proration_behavior: "none" });
    return;
  }
  // A downgrade is scheduled, so the schedule decides which items the current and the next phase have.
  await stripe.subscriptionSchedules.update(schedule.id, {
    end_behavior: "release",
    proration_behavior: "none",
    phases: phasesOf(schedule).map((phase) => ({ ...phase, items: [...phase.items, { price }] })),
  });
}

function limitedByOverride(): AppError {
  return new AppError("conflict", {
    public: "Your agreement with us sets your tokens. Email support@agathaai.com to change it.",
  });
}
