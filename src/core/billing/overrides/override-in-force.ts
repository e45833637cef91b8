import type { Plan } from "../../../shared/plans";
import { planOf } from "../../orgs";
import type { DbOrTx, Prisma } from "../../platform/db/client";

/** Of the overrides of an organization the one that holds at `now`. One that has run out does not, told or not. */
export const inForce = (now: Date) =>
  ({
    endedAt: null,
    OR: [{ expiresAt: null }, { expiresAt: { gt: now } }],
  }) satisfies Prisma.PlanOverrideWhereInput;

export function findOverrideInForce(db: DbOrTx, orgId: string, now: Date) {
  return db.planOverride.findFirst({ where: { orgId, ...inForce(now) } });
}

export type PlanOverride = NonNullable<Awaited<ReturnType<typeof findOverrideInForce>>>;

/** The columns of a subscription that say what may be used. */
export interface PlanLimits {
  plan: Plan;
  customMonthlyTokens: bigint | null;
  customRpm: number | null;
  /** Nothing that Stripe plans changes what was agreed on. */
  pendingPlan?: null;
}

/** What was agreed on with an organization decides; without an agreement, what it bought. */
export async function planLimitsInForce(
  db: DbOrTx,
  orgId: string,
  bought: Plan,
  now: Date,
): Promise<PlanLimits> {
  const override = await findOverrideInForce(db, orgId, now);
  if (override === null) return { plan: bought, customMonthlyTokens: null, customRpm: null };
  return {
    plan: planOf(override),
    pendingPlan: null,
    customMonthlyTokens: override.monthlyTokens,
    customRpm: override.requestsPerMinute,
  };
}
