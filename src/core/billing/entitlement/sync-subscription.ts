import { isByAgreement } from "../../../shared/plans";
import { recordAuditIn } from "../../audit";
import { planOf } from "../../orgs";
import { type Clock, type Db, systemClock, type Tx, toPublicId } from "../../platform";
import { log } from "../../platform/observability/log";
import { changePlanLimits } from "../../quota";
import { hasLostPayment } from "../incidents/incidents";
import { planLimitsInForce } from "../overrides/override-in-force";
import { microsOfCents } from "../prices/plan-prices";
import { type BillingLease, withBillingLease, writeUnderLease } from "../stripe/billing-lease";
import { findOrgOfCustomer } from "../stripe/customer";
import type { Stripe } from "../stripe/stripe-client";
import { announcingSubscription } from "./announce-subscription";
import { type Entitlement, entitlementOf, type StripeState } from "./entitlement";
import { readStripeState } from "./stripe-state";

/**
 * Copies Stripe's state into our row and returns the entitlement; undefined for a customer that is not ours. Stripe is
 * read under the organization's billing lease, so of two concurrent calls the later write comes from the later read.
 * Running requests go on: the plan is checked only when a request is accepted.
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

/** Reads Stripe and writes the result, under a lease the caller holds. */
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
 * Writes a state that was read under a lease; call it through `writeUnderLease`. A customer that Stripe does not know
 * is removed, so that the next purchase creates a new one.
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
  // A payment that was taken back does not count: no plan, and no overage on credit.
  const entitlement: Entitlement = lost ? { ...bought, plan: "free", overage: false } : bought;
  // The customer agreed to overage for one subscription, so it applies only while that one bills it.
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
    // An operator's override applies whatever Stripe says.
    ...(await planLimitsInForce(tx, orgId, entitlement.plan, now)),
    // A grace period that has passed is no longer shown.
    graceEndsAt:
      entitlement.graceEndsAt !== null && entitlement.graceEndsAt > now ? entitlement.graceEndsAt : null,
    overage,
    lapsedAt: lapsedAt(before, entitlement, now),
    updatedAt: now,
  };
  await announcingSubscription(tx, orgId, () =>
    changePlanLimits(tx, { orgId, at: now }, () => tx.subscription.update({ where: { orgId }, data })),
  );
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

/** Set when a plan falls to Free after its grace period, and cleared once the customer was emailed (`notifyLapsed`). */
function lapsedAt(before: Before, entitlement: Entitlement, now: Date): Date | null {
  if (entitlement.plan !== "free" || isByAgreement(planOf(before))) return null;
  return before.lapsedAt ?? (before.graceEndsAt === null ? null : now);
}
