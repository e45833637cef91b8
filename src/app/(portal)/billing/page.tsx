import type { Metadata } from "next";
import { RoleGate } from "../_components/role-gate";
import { BillingView } from "./_components/billing-view";
import { listPlanOffers } from "./_lib/list-plan-offers";

export const metadata: Metadata = { title: "Billing" };

export default async function BillingPage({ searchParams }: PageProps<"/billing">) {
  const { checkout } = await searchParams;
  return (
    <RoleGate needs="billing:read" title="Billing" who="owners, admins and billing members">
      <BillingView offers={listPlanOffers()} checkout={checkout} />
    </RoleGate>
  );
}
