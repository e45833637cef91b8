import { formatMoney } from "@/shared/format/money";
import { type Billing, formatDay } from "./plan-offer";

/** The payment problem and its consequence for the plan; undefined while all is paid. */
export function paymentProblem(billing: Billing, planName: string) {
  const { status, grace_ends_at, payment_due } = billing;
  if (billing.payment_lost) {
    return {
      urgent: true,
      title: "Your plan is paused: a payment was returned",
      text: "The payment for this period was refunded or disputed. Your organization is on Free until the next payment. Email support@agathaai.com if you don’t know why.",
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
      text: "Your organization is on Free until it’s paid. Update your card or pay the invoice to get your plan back.",
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
