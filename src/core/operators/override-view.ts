import { isBillingSetUp } from "../billing";
import { planOf } from "../orgs";
import { toPublicId } from "../platform";
import type { OverrideView } from "./schemas";

interface StoredOverride {
  id: string;
  plan: string;
  monthlyTokens: bigint | null;
  requestsPerMinute: number | null;
  priceCents: number | null;
  stripeSubscriptionId: string | null;
  reason: string;
  createdAt: Date;
  expiresAt: Date | null;
  endedAt: Date | null;
}

export function toOverrideView(override: StoredOverride, by: { name: string } | undefined): OverrideView {
  const billed = override.priceCents !== null && isBillingSetUp();
  return {
    id: toPublicId("ovr", override.id),
    plan: planOf(override),
    monthly_tokens: override.monthlyTokens === null ? null : Number(override.monthlyTokens),
    requests_per_minute: override.requestsPerMinute,
    monthly_price_cents: override.priceCents,
    billing: !billed ? "none" : override.stripeSubscriptionId === null ? "waiting" : "billed",
    reason: override.reason,
    by: by?.name ?? null,
    created_at: override.createdAt.toISOString(),
    expires_at: override.expiresAt?.toISOString() ?? null,
    ended_at: override.endedAt?.toISOString() ?? null,
  };
}
