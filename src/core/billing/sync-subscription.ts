import { recordAuditIn } from "../audit";
import { type Clock, systemClock } from "../platform/clock";
import type { Db, Tx } from "../platform/db";
import { type Entitlement, entitlementOf } from "./entitlement";
import { lockBilling, underBillingLock } from "./lock-billing";
import { readStripeState } from "./read-stripe-state";
import type { Stripe } from "./stripe-client";

/**
 * Makes our row say what Stripe says, and returns it; undefined for a customer that is not ours. It reads under the
 * organization's lock, so that of two at the same time the later write is also the later read. What runs keeps
 * running: a plan decides at acceptance only.
 */
export async function syncSubscription(
  db: Db,
  stripe: Stripe,
  customerId: string,
  clock: Clock = systemClock,
): Promise<Entitlement | undefined> {
  const row = await findCustomer(db, customerId);
  if (row === null) return undefined;
  return underBillingLock(db, row.orgId, (tx) => writeTruth(tx, stripe, { ...row, customerId }, clock));
}

/** As `syncSubscription`, as a part of a larger commit. */
export async function syncSubscriptionIn(
  tx: Tx,
  stripe: Stripe,
  customerId: string,
  clock: Clock = systemClock,
): Promise<{ orgId: string; entitlement: Entitlement } | undefined> {
  const row = await findCustomer(tx, customerId);
  if (row === null) return undefined;
  await lockBilling(tx, row.orgId);
  return { orgId: row.orgId, entitlement: await writeTruth(tx, stripe, { ...row, customerId }, clock) };
}

export async function writeTruth(
  tx: Tx,
  stripe: Stripe,
  { orgId, customerId }: { orgId: string; customerId: string },
  clock: Clock = systemClock,
): Promise<Entitlement> {
  const state = await readStripeState(stripe, customerId);
  const now = clock.now();
  const truth = entitlementOf(state, now);
  const before = await tx.subscription.findUniqueOrThrow({ where: { orgId } });
  // It was agreed to for one subscription, and holds only where that one bills it.
  const overage = before.overage && truth.overage && before.stripeSubscriptionId === truth.subscriptionId;
  await tx.subscription.update({
    where: { orgId },
    data: {
      // Enterprise is agreed on by contract, not bought: nothing that happens at Stripe takes it away.
      plan: before.plan === "enterprise" ? before.plan : truth.plan,
      status: truth.status,
      stripeSubscriptionId: truth.subscriptionId,
      currentPeriodStart: truth.periodStart,
      currentPeriodEnd: truth.periodEnd,
      cancelAtPeriodEnd: truth.cancelAtPeriodEnd,
      pendingPlan: truth.pendingPlan,
      // Past its end there is nothing left to wait for.
      graceEndsAt: truth.graceEndsAt !== null && truth.graceEndsAt > now ? truth.graceEndsAt : null,
      overage,
      lapsedAt: lapsedAt(before, truth, now),
      updatedAt: now,
    },
  });
  if (before.overage && !overage) {
    await recordAuditIn(tx, {
      orgId,
      actor: { type: "system", id: null },
      action: "billing.overage_disabled",
      details: { because: "the subscription that bills it has ended" },
    });
  }
  return truth;
}

interface Before {
  plan: string;
  graceEndsAt: Date | null;
  lapsedAt: Date | null;
}

/** Set when a plan that was in its grace falls to Free, until those who pay were told; see `tellLapsed`. */
function lapsedAt(before: Before, truth: Entitlement, now: Date): Date | null {
  if (truth.plan !== "free" || before.plan === "enterprise") return null;
  return before.lapsedAt ?? (before.graceEndsAt === null ? null : now);
}

function findCustomer(tx: Pick<Tx, "subscription">, stripeCustomerId: string) {
  return tx.subscription.findUnique({ where: { stripeCustomerId }, select: { orgId: true } });
}
