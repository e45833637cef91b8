"use client";

import { useQuery } from "@tanstack/react-query";
import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { formatMoney } from "@/shared/money";
import { useTRPC } from "../../../_client/trpc";
import { type Billing, formatDay, nameOf, type PlanOffer } from "../_lib/plan-offer";
import { isCapReached } from "../_lib/spending";

/** A payment that failed: what it means and what to do. Nothing while all is paid. */
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
  const problem = problemOf(billing, nameOf(offers, billing.plan));
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

function confirmationText({
  amount,
  status,
  grace_ends_at,
}: Pick<Billing, "status" | "grace_ends_at"> & { amount: string }): string {
  if (grace_ends_at !== null)
    return `Confirm it to pay ${amount}. Your plan stays until ${formatDay(grace_ends_at)} (UTC).`;
  if (status === "active" || status === "trialing") {
    return `Confirm it within a day to pay ${amount} and start what you chose. After that, the change is dropped and you owe nothing.`;
  }
  return `Confirm it to pay ${amount} and get your plan back.`;
}

/** What is wrong with the payment, and what that means for the plan. */
export function problemOf(billing: Billing, planName: string) {
  const { status, grace_ends_at, payment_due } = billing;
  if (billing.payment_lost) {
    return {
      urgent: true,
      title: "Your plan is paused: a payment was returned",
      text: "The payment for this period was refunded or disputed. Your organization is on Free until the next payment. Email support@agathaai.com if you don't know why.",
    };
  }
  if (payment_due?.needs_confirmation) {
    return {
      urgent: false,
      title: "Your bank wants you to confirm a payment",
      text: confirmationText({ amount: formatMoney(payment_due.amount_micros), status, grace_ends_at }),
    };
  }
  if (status === "past_due" && grace_ends_at !== null) {
    return {
      urgent: false,
      title: "Your last payment failed",
      text: `${planName} stays until ${formatDay(grace_ends_at)} (UTC). Update your card or pay the invoice.`,
    };
  }
  if (status === "past_due" || status === "unpaid") {
    return {
      urgent: true,
      title: "Your plan is paused: an invoice is unpaid",
      text: "Your organization is on Free until it's paid. Update your card or pay the invoice to get your plan back.",
    };
  }
  if (status === "paused") {
    return {
      urgent: false,
      title: "Your subscription is paused",
      text: "Your organization is on Free until it resumes. Add a card to resume it.",
    };
  }
  return undefined;
}

/** Says when the cap stops requests, and when tokens cost extra. Nothing while neither does. */
export function SpendingBanner() {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.billing.spending.queryOptions());
  if (data === undefined) return null;
  const { cap_micros, overage, resets_at } = data;
  if (cap_micros !== null && isCapReached(data)) {
    return (
      <Notice tone="attention" title={`You've reached your cap of ${formatMoney(cap_micros)}`}>
        New requests are refused until {formatDay(resets_at)} (UTC). Raise the cap below to continue at once.
      </Notice>
    );
  }
  if (overage.state === "on" && overage.used_micros > 0) {
    return (
      <Notice title="You're past your plan's tokens">
        {formatMoney(overage.used_micros)} of overage so far this month, billed with your plan.
        {cap_micros !== null && ` Requests stop at your cap of ${formatMoney(cap_micros)}.`}
      </Notice>
    );
  }
  return null;
}
