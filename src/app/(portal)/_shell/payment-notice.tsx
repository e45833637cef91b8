"use client";

import { useQuery, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { usePathname } from "next/navigation";
import { useEffect } from "react";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { useTRPC } from "../../_client/trpc";
import { useScopes } from "../../_client/use-scopes";
import { paymentProblem } from "../billing/_lib/payment-problem";

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
  const problem = paymentProblem(billing, billing.plan.charAt(0).toUpperCase() + billing.plan.slice(1));
  if (problem === undefined) return null;
  return (
    <div className="mx-auto w-full max-w-portal px-4 pt-4 sm:px-8">
      <Notice
        tone={problem.urgent ? "danger" : "attention"}
        title={problem.title}
        action={
          <Button asChild size="sm" variant="secondary">
            <Link href="/billing">View billing</Link>
          </Button>
        }
      >
        {problem.text}
      </Notice>
    </div>
  );
}
