import { isByAgreement } from "../../../shared/plans";
import { recordAuditIn } from "../../audit";
import { planOf } from "../../orgs";
import { type Clock, systemClock } from "../../platform/clock";
import type { Db, Tx } from "../../platform/db/client";
import { toPublicId } from "../../platform/ids";
import { log } from "../../platform/observability/log";
import { changePlanLimits } from "../../quota";
import { hasLostPayment } from "../incidents/incidents";
import { planLimitsInForce } from "../overrides/override-in-force";
import { microsOfCents } from "../prices/plan-prices";
import { type BillingLease, withBillingLease, writeUnderLease } from "../stripe/billing-lease";
import { findOrgOfCustomer } from "../stripe/customer";
import type { Stripe } from "../stripe/stripe-client";
import { type Entitlement, entitlementOf, type StripeState } from "./entitlement";
import { readStripeState } from "./stripe-state";

/**
 * Makes our row say what Stripe says, and returns it; undefined for a customer that is not ours. It asks in the
 * organization's lease, so that of two at the same time the later write is also the later read. What runs keeps running:
 * a plan decides at acceptance only.
 */
export async function syncSubscription(
  db: Db,
  stripe: Stripe,
  customerId: string,
  clock: Clock = systemClock,
): Promise<Entitlement | undefined> {
  const orgId = await findOrgOfCustomer(db, customerId);
  if (orgId === undefined) return undefined;
  return withBillingLease(db, orgId, (lease) => refreshFromStripe(db, stripe, lease, customerId, clock));
}

/** Asks Stripe and writes what it says, under a lease already held. */
export async function refreshFromStripe(
  db: Db,
  stripe: Stripe,
  lease: BillingLease,
  customerId: string,
  clock: Clock = systemClock,
): Promise<Entitlement> {
  const state = await readStripeState(stripe, customerId);
  return writeUnderLease(db, lease, (tx) =>
    writeStripeState(tx, { orgId: lease.orgId, customer: customerId, state }, clock),
  );
}

/**
 * Writes what Stripe said. Call it through `writeUnderLease`, with what was read under that lease. A customer that this Stripe
 * does not know is forgotten, so that the next purchase makes a new one.
 */
export async function writeStripeState(
  tx: Tx,
  { orgId, customer, state }: { orgId: string; customer: string; state: StripeState },
  clock: Clock = systemClock,
): Promise<Entitlement> {
  const now = clock.now();
  const before = await tx.subscription.findUniqueOrThrow({ where: { orgId } });
  const bought = entitlementOf(state, now, {
    subscriptionId: before.stripeSubscriptionId,
    unpaidSince: before.unpaidSince,
  });
  const lost = await hasLostPayment(tx, { orgId, subscriptionId: bought.subscriptionId, now });
  // What was paid and taken back is not paid for: nothing holds, and nothing is used on credit.
  const entitlement: Entitlement = lost ? { ...bought, plan: "free", overage: false } : bought;
  // It was agreed to for one subscription, and holds only where that one bills it.
  const overage =
    before.overage && entitlement.overage && before.stripeSubscriptionId === entitlement.subscriptionId;
  const data = {
    status: entitlement.status,
    ...(state.known ? {} : { stripeCustomerId: null }),
    stripeSubscriptionId: entitlement.subscriptionId,
    currentPeriodStart: entitlement.periodStart,
    currentPeriodEnd: entitlement.periodEnd,
    cancelAtPeriodEnd: entitlement.cancelAtPeriodEnd,
    pendingPlan: entitlement.pendingPlan,
    endsAt: entitlement.endsAt,
    unpaidSince: entitlement.unpaidSince,
    dueMicros: state.due === null ? null : BigInt(microsOfCents(state.due.cents)),
    dueUrl: state.due?.url ?? null,
    dueConfirm: state.due?.confirm ?? false,
    // What was agreed on with our operators holds, whatever happens at Stripe.
    ...(await planLimitsInForce(tx, orgId, entitlement.plan, now)),
    // Past its end there is nothing left to wait for.
    graceEndsAt:
      entitlement.graceEndsAt !== null && entitlement.graceEndsAt > now ? entitlement.graceEndsAt : null,
    overage,
    lapsedAt: lapsedAt(before, entitlement, now),
    updatedAt: now,
  };
  await changePlanLimits(tx, { orgId, at: now }, () => tx.subscription.update({ where: { orgId }, data }));
  if (!state.known) {
    log().warn({ org_id: toPublicId("org", orgId), customer }, "Stripe does not know this customer any more");
  }
  if (before.overage && !overage) {
    await recordAuditIn(tx, {
      orgId,
      actor: { type: "system", id: null },
      action: "billing.overage_disabled",
      details: {
        because: lost ? "a payment was taken back" : "the subscription that bills it has ended",
      },
    });
  }
  return entitlement;
}

interface Before {
  plan: string;
  graceEndsAt: Date | null;
  lapsedAt: Date | null;
}

/** Set when a plan that was in its grace falls to Free, until those who pay were told; see `notifyLapsed`. */
function lapsedAt(before: Before, entitlement: Entitlement, now: Date): Date | null {
  if (entitlement.plan !== "free" || isByAgreement(planOf(before))) return null;
  return before.lapsedAt ?? (before.graceEndsAt === null ? null : now);
}
