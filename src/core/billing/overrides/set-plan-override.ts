import type { Plan } from "../../../shared/plans";
import { recordAuditIn } from "../../audit";
import { AppError, type Clock, type Db, newId, systemClock, type Tx } from "../../platform";
import { changePlanLimits } from "../../quota";
import { announcingSubscription } from "../entitlement/announce-subscription";
import { withBillingLock } from "../stripe/billing-lease";
import { endOverrideIn } from "./end-plan-override";
import type { PlanLimits } from "./override-in-force";

export interface NewPlanOverride {
  plan: Plan;
  /** Null: the plan's own. */
  monthlyTokens: number | null;
  requestsPerMinute: number | null;
  /** Per month; null is not billed. */
  priceCents: number | null;
  reason: string;
  /** Null: until an operator ends it. */
  expiresAt: Date | null;
}

/**
 * Gives an organization an agreed plan, whatever Stripe says, and replaces an earlier override. Of two concurrent calls
 * the later one applies, and both are in the audit log. Stripe is not called here: `syncOverrideBilling` bills the
 * price.
 * @throws AppError `not_found`; `invalid_request` for an end in the past.
 */
export async function setPlanOverride(
  db: Db,
  { orgId, operatorId, override }: { orgId: string; operatorId: string; override: NewPlanOverride },
  clock: Clock = systemClock,
): Promise<{ id: string }> {
  return withBillingLock(db, orgId, async (tx) => {
    const now = clock.now();
    const { plan, monthlyTokens, requestsPerMinute, priceCents, reason, expiresAt } = override;
    if (expiresAt !== null && expiresAt <= now) {
      throw new AppError("invalid_request", {
        public: "expires_at must be in the future.",
        param: "expires_at",
      });
    }
    await assertOrganization(tx, orgId);
    const before = await tx.planOverride.findFirst({ where: { orgId, endedAt: null } });
    const replaced =
      before === null ? [] : [await endOverrideIn(tx, before, { by: operatorId, because: "replaced", now })];
    const customMonthlyTokens = monthlyTokens === null ? null : BigInt(monthlyTokens);
    const { id } = await tx.planOverride.create({
      data: {
        id: newId(now),
        orgId,
        plan,
        monthlyTokens: customMonthlyTokens,
        requestsPerMinute,
        priceCents,
        reason,
        createdBy: operatorId,
        createdAt: now,
        expiresAt,
      },
      select: { id: true },
    });
    const limits: PlanLimits = { plan, customMonthlyTokens, customRpm: requestsPerMinute, pendingPlan: null };
    await announcingSubscription(tx, orgId, () =>
      changePlanLimits(tx, { orgId, at: now, override: true }, () =>
        tx.subscription.upsert({
          where: { orgId },
          create: { orgId, ...limits, createdAt: now, updatedAt: now },
          update: { ...limits, updatedAt: now },
        }),
      ),
    );
    await recordAuditIn(tx, ...replaced, {
      orgId,
      actor: { type: "operator", id: operatorId },
      action: "org.plan_overridden",
      target: { type: "organization", id: orgId },
      details: {
        plan,
        monthly_tokens: monthlyTokens,
        requests_per_minute: requestsPerMinute,
        monthly_price_cents: priceCents,
        reason,
        expires_at: expiresAt?.toISOString() ?? null,
      },
    });
    return { id };
  });
}

async function assertOrganization(tx: Tx, orgId: string): Promise<void> {
  const org = await tx.organization.findUnique({
    where: { id: orgId, deletedAt: null },
    select: { id: true },
  });
  if (org !== null) return;
  throw new AppError("not_found", { public: "Organization not found.", param: "organization_id" });
}
