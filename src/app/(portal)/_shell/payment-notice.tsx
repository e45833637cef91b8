"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import dynamic from "next/dynamic";
import { usePathname } from "next/navigation";
import { useEffect } from "react";
import { useTRPC } from "../../_client/trpc";
import { useScopes } from "../../_client/use-scopes";

/** Loaded only when something is wrong with a payment, which is rare. */
const PaymentProblem = dynamic(() => import("./payment-problem").then((file) => file.PaymentProblem));

/**
 * A failed payment, on every page but Billing, which has its own notice with the way to pay. It also reads the account
 * again when Stripe changed the plan while the page was open.
 */
export function PaymentNotice() {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const path = usePathname();
  const me = useQuery(trpc.account.me.queryOptions());
  const allowed = useScopes()?.has("billing:read") ?? false;
  const { data: billing } = useQuery(trpc.billing.get.queryOptions(undefined, { enabled: allowed }));
  const [shown, bought] = [me.data?.organization.plan, billing?.plan];
  useEffect(() => {
    if (shown !== undefined && bought !== undefined && shown !== bought) {
      void queryClient.invalidateQueries(trpc.account.me.queryFilter());
      void queryClient.invalidateQueries(trpc.overview.pathFilter());
    }
  }, [shown, bought, queryClient, trpc]);

  if (billing === undefined || path === "/billing") return null;
  const { payment_lost, payment_due, status } = billing;
  const fine = !payment_lost && payment_due === null && (status === "active" || status === "trialing");
  return fine ? null : <PaymentProblem billing={billing} />;
}
