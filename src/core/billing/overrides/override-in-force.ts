import type { Plan } from "../../../shared/plans";
import { planOf } from "../../orgs";
import type { DbOrTx } from "../../platform";
import type { Prisma } from "../../platform/db/client";

/** Selects the override that applies at `now`. An expired one does not, even before the job has ended it. */
export const inForce = (now: Date) =>
  ({
    endedAt: null,
    OR: [{ expiresAt: null }, { expiresAt: { gt: now } }],
  }) satisfies Prisma.PlanOverrideWhereInput;

export function findOverrideInForce(db: DbOrTx, orgId: string, now: Date) {
  return db.planOverride.findFirst({ where: { orgId, ...inForce(now) } });
}

export type PlanOverride = NonNullable<Awaited<ReturnType<typeof findOverrideInForce>>>;

/** The columns of a subscription that hold its limits. */
export interface PlanLimits {
  plan: Plan;
  customMonthlyTokens: bigint | null;
  customRpm: number | null;
  /** A change scheduled at Stripe does not apply under an override. */
  pendingPlan?: null;
}

/** The limits of the override, or of the plan bought when there is none. */
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
