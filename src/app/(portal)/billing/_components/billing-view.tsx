"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ExternalLink } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { FailureNotice } from "../../../_client/failure-notice";
import { useTRPC } from "../../../_client/trpc";
import { PageHeader } from "../../_components/page-header";
import { RetryNotice } from "../../_components/query-states";
import type { PlanOffer } from "../_lib/plan-offer";
import { useStripePage } from "../_lib/use-stripe-page";
import { PaymentBanner, SpendingBanner } from "./billing-banners";
import { CheckoutReturn } from "./checkout-return";
import { CurrentPlan } from "./current-plan";
import { InvoiceSection } from "./invoice-section";
import { PlanPicker } from "./plan-picker";
import { SpendingSection } from "./spending-section";

export function BillingView({
  offers,
  checkout,
}: {
  offers: PlanOffer[];
  /** Set by Stripe's return URLs: "done" or "left". */
  checkout: string | string[] | undefined;
}) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const query = useQuery(trpc.billing.get.queryOptions(undefined, { refetchOnWindowFocus: "always" }));
  const portal = useStripePage(trpc.billing.portal.mutationOptions());
  const openPortal = () => portal.leave({});
  const refresh = () => void queryClient.invalidateQueries(trpc.billing.pathFilter());
  const billing = query.data;

  return (
    <>
      <PageHeader
        title="Billing"
        actions={
          billing?.has_customer && (
            <Button variant="secondary" pending={portal.isLeaving} onClick={openPortal}>
              Manage payment
              <ExternalLink aria-hidden="true" />
            </Button>
          )
        }
      >
        Your organization’s plan, its usage this month and its invoices.
      </PageHeader>
      <div className="grid gap-8">
        {portal.error && <FailureNotice error={portal.error} title="Couldn’t open the payment page" />}
        {(checkout === "done" || checkout === "left") && billing && (
          <CheckoutReturn returned={checkout} billing={billing} offers={offers} />
        )}
        {query.isPending && <BillingSkeleton />}
        {query.isError && <RetryNotice query={query} title="Couldn’t load your billing" />}
        {billing && (
          <>
            <PaymentBanner
              billing={billing}
              offers={offers}
              pending={portal.isLeaving}
              onManage={openPortal}
            />
            <SpendingBanner />
            <CurrentPlan billing={billing} offers={offers} />
            <SpendingSection billing={billing} />
            <PlanPicker billing={billing} offers={offers} onChanged={refresh} />
            {billing.has_customer && <InvoiceSection since={`${billing.plan} ${billing.period_end}`} />}
          </>
        )}
      </div>
    </>
  );
}

function BillingSkeleton() {
  return (
    <Loading label="Loading your billing" className="grid gap-8">
      <Skeleton className="h-40 rounded-lg" />
      <Skeleton className="h-80 rounded-lg" />
    </Loading>
  );
}
