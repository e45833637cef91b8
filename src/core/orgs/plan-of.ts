import { isPlan } from "../plans";
import type { DbOrTx } from "../platform/db/client";
import type { Plan } from "../platform/principal";

/** The plan a subscription row stands for. No row, or a plan no longer sold: Free, never more than was paid for. */
export function planOf(subscription: { plan: string } | null | undefined): Plan {
  return subscription && isPlan(subscription.plan) ? subscription.plan : "free";
}

export async function getOrganizationPlan(db: DbOrTx, orgId: string): Promise<Plan> {
  return planOf(await db.subscription.findUnique({ where: { orgId }, select: { plan: true } }));
}
