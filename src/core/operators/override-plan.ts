import { endPlanOverride, type Stripe, setPlanOverride, syncOverrideBilling } from "../billing";
import type { Db } from "../platform";
import { getOrganization } from "./read-organization";
import type { EndOverrideInput, OrganizationDetail, OverridePlanInput } from "./schemas";

/**
 * Sets an organization's override and returns the organization.
 * @throws AppError as `setPlanOverride`.
 */
export async function overridePlan(
  db: Db,
  stripe: Stripe | undefined,
  { operatorId, input }: { operatorId: string; input: OverridePlanInput },
): Promise<OrganizationDetail> {
  const { organization_id: orgId, expires_at } = input;
  await setPlanOverride(db, {
    orgId,
    operatorId,
    override: {
      plan: input.plan,
      monthlyTokens: input.monthly_tokens,
      requestsPerMinute: input.requests_per_minute,
      priceCents: input.monthly_price_cents,
      reason: input.reason,
      expiresAt: expires_at === null ? null : new Date(expires_at),
    },
  });
  if (stripe !== undefined) await syncOverrideBilling(db, stripe, { orgId });
  return getOrganization(db, { orgId, operatorId });
}

/**
 * Ends the override now and returns the organization.
 * @throws AppError `conflict`.
 */
export async function endOverride(
  db: Db,
  stripe: Stripe | undefined,
  { operatorId, input }: { operatorId: string; input: EndOverrideInput },
): Promise<OrganizationDetail> {
  const { organization_id: orgId, override_id: overrideId } = input;
  await endPlanOverride(db, stripe, { orgId, overrideId, operatorId });
  if (stripe !== undefined) await syncOverrideBilling(db, stripe, { orgId });
  return getOrganization(db, { orgId, operatorId });
}
