"use client";

import { useQuery } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { formatMoney } from "@/shared/format/money";
import { useTRPC } from "../../../_client/trpc";
import { paymentProblem } from "../_lib/payment-problem";
import { type Billing, formatDay, nameOf, type PlanOffer } from "../_lib/plan-offer";
import { isCapReached } from "../_lib/spending";

/** A failed payment, what it means and what to do. */
export function PaymentBanner({
  billing,
  offers,
  pending,
  onManage,
}: {
  billing: Billing;
  offers: readonly PlanOffer[];
  pending: boolean;
  onManage: () => void;
}) {
  const problem = paymentProblem(billing, nameOf(offers, billing.plan));
  if (problem === undefined) return null;
  const { payment_due } = billing;
  const confirmAt = payment_due?.needs_confirmation ? payment_due.url : null;
  return (
    <Notice
      tone={problem.urgent ? "danger" : "attention"}
      title={problem.title}
      action={
        confirmAt === null ? (
          <Button size="sm" variant="secondary" pending={pending} onClick={onManage}>
            Update payment
          </Button>
        ) : (
          <Button size="sm" variant="secondary" asChild>
            <a href={confirmAt}>Confirm payment</a>
          </Button>
        )
      }
    >
      {problem.text}
    </Notice>
  );
}

/** A reached cap, or overage in use. */
export function SpendingBanner() {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.billing.spending.queryOptions());
  if (data === undefined) return null;
  const { cap_micros, overage, resets_at } = data;
  if (cap_micros !== null && isCapReached(data)) {
    return (
      <Notice tone="attention" title={`You’ve reached your cap of ${formatMoney(cap_micros)}`}>
        New requests are refused until {formatDay(resets_at)} (UTC). Raise the cap below to continue at once.
      </Notice>
    );
  }
  if (overage.state === "on" && overage.used_micros > 0) {
    return (
      <Notice title="You’re past your plan’s tokens">
        {formatMoney(overage.used_micros)} of overage so far this month, billed with your plan.
        {cap_micros !== null && ` Requests stop at your cap of ${formatMoney(cap_micros)}.`}
      </Notice>
    );
  }
  return null;
}
