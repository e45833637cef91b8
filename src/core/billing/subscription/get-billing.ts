import { plans } from "../../../shared/plans";
import { planOf } from "../../orgs";
import { type Db, systemClock } from "../../platform";
import { getTokenQuota } from "../../quota";
import { hasLostPayment } from "../incidents/incidents";
import { findOverrideInForce } from "../overrides/override-in-force";
import { microsOfCents } from "../prices/plan-prices";
import type { BillingView } from "../schemas";
import { isBillingSetUp } from "../stripe/stripe-client";

/** An organization's plan and billing, from our own row alone, so that it answers while Stripe is down. */
export async function getBilling(db: Db, { orgId }: { orgId: string }): Promise<BillingView> {
  const now = systemClock.now();
  const [row, override] = await Promise.all([
    db.subscription.findUnique({ where: { orgId } }),
    findOverrideInForce(db, orgId, now),
  ]);
  const subscriptionId = row?.stripeSubscriptionId ?? null;
  const plan = planOf(row);
  const quota = await getTokenQuota(db, { orgId, plan, at: now });
  return {
    plan,
    status: row?.status ?? "active",
    subscribed: Boolean(row?.stripeSubscriptionId),
    has_customer: Boolean(row?.stripeCustomerId),
    for_sale: isBillingSetUp(),
    period_start: row?.currentPeriodStart?.toISOString() ?? null,
    period_end: row?.currentPeriodEnd?.toISOString() ?? null,
    cancel_at_period_end: row?.cancelAtPeriodEnd ?? false,
    pending_plan: row?.pendingPlan ? planOf({ plan: row.pendingPlan }) : null,
    grace_ends_at: row?.graceEndsAt?.toISOString() ?? null,
    ends_at: row?.endsAt?.toISOString() ?? null,
    payment_due:
      row === null || row.dueMicros === null
        ? null
        : { amount_micros: Number(row.dueMicros), url: row.dueUrl, needs_confirmation: row.dueConfirm },
    payment_lost: await hasLostPayment(db, { orgId, subscriptionId, now }),
    agreement:
      override === null
        ? null
        : {
            expires_at: override.expiresAt?.toISOString() ?? null,
            monthly_micros: override.priceCents === null ? null : microsOfCents(override.priceCents),
            requests_per_minute: row?.customRpm ?? plans[plan].requestsPerMinute,
          },
    quota: {
      limit: quota.limit,
      used: quota.used,
      reserved: quota.reserved,
      resets_at: quota.resetsAt.toISOString(),
    },
  };
}
