import { Button } from "@/components/ui/button";
import { Notice } from "@/components/ui/notice";
import { type Billing, formatDay, nameOf, type PlanOffer } from "./plan-offer";

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
  const words = problemOf(billing, nameOf(offers, billing.plan));
  if (words === undefined) return null;
  return (
    <Notice
      tone={words.urgent ? "danger" : "attention"}
      title={words.title}
      action={
        <Button size="sm" variant="secondary" pending={pending} onClick={onManage}>
          Update payment
        </Button>
      }
    >
      {words.text}
    </Notice>
  );
}

/** What is wrong with the payment, and what that means for the plan. */
export function problemOf(billing: Billing, planName: string) {
  const { status, grace_ends_at } = billing;
  if (status === "past_due" && grace_ends_at !== null) {
    return {
      urgent: false,
      title: "Your last payment failed",
      text: `${planName} stays until ${formatDay(grace_ends_at)} (UTC). Update your card, and we try again at once.`,
    };
  }
  if (status === "past_due" || status === "unpaid") {
    return {
      urgent: true,
      title: "Your plan is paused: an invoice is unpaid",
      text: "Your organization is on Free until it is paid. Update your card or pay the invoice to get the plan back.",
    };
  }
  if (status === "paused") {
    return {
      urgent: false,
      title: "Your subscription is paused",
      text: "Your organization is on Free until it goes on. Add a card to resume.",
    };
  }
  return undefined;
}
