import { plans } from "@agathaai/core/plans";
import type { Metadata } from "next";
import { RoleGate } from "../_components/role-gate";
import { BillingView } from "./_components/billing-view";
import type { PlanId, PlanOffer } from "./_lib/plan-offer";

export const metadata: Metadata = { title: "Billing" };

export default async function BillingPage({
  searchParams,
}: {
  searchParams: Promise<{ checkout?: string | string[] }>;
}) {
  const { checkout } = await searchParams;
  const offers: PlanOffer[] = (Object.keys(plans) as PlanId[]).map((id) => {
    const { name, pricePerMonthUsd: usd, tokensPerMonth, requestsPerMinute } = plans[id];
    return { id, name, usd, tokensPerMonth, requestsPerMinute };
  });
  return (
    <RoleGate needs="billing:read" title="Billing" who="owners, admins and billing members">
      <BillingView
        offers={offers}
        returned={checkout === "done" || checkout === "left" ? checkout : undefined}
      />
    </RoleGate>
  );
}
