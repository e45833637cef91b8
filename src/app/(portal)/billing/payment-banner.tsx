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
  const words = problemOf(billing, offers);
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

function problemOf(billing: Billing, offers: readonly PlanOffer[]) {
  const { status, grace_ends_at, plan } = billing;
  if (status === "past_due" && grace_ends_at !== null) {
    return {
      urgent: false,
      title: "Your last payment failed",
      text: `${nameOf(offers, plan)} stays until ${formatDay(grace_ends_at)} (UTC). Update your card, and we try again at once.`,
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
