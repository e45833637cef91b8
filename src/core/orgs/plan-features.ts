import { type Plan, type PlanFeature, planFeatures, planNamesWith, plans } from "../../shared/plans";
import { AppError, type DbOrTx } from "../platform";
import { getOrganizationPlan } from "./org-view";

export function hasFeature(plan: Plan, feature: PlanFeature): boolean {
  return plans[plan].features[feature];
}

/**
 * Reads the plan, not the principal's, which may be five seconds old. Call it where a feature is set up or changed; what was set
 * up before stays readable and can be deleted without it. @throws AppError `plan_required`.
 */
export async function assertFeature(db: DbOrTx, orgId: string, feature: PlanFeature): Promise<void> {
  if (hasFeature(await getOrganizationPlan(db, orgId), feature)) return;
  const names = planNamesWith(feature);
  throw new AppError("plan_required", {
    public: `${planFeatures[feature]}: not in your plan. Plans that have it: ${names.join(", ")}.`,
  });
}
