import Stripe from "stripe";
import { AppError } from "../platform/errors";

/** A card's refusal in our words; anything else is thrown on. The bank's reason is the customer's to know. */
export function paymentRefused(error: unknown): AppError {
  if (!(error instanceof Stripe.errors.StripeError)) throw error;
  if (error.type !== "StripeCardError" && error.statusCode !== 402) throw error;
  const confirm =
    error.code === "subscription_payment_intent_requires_action" || error.code === "authentication_required";
  return new AppError("payment_failed", {
    public: confirm
      ? "Your bank wants you to confirm this payment. Update your card under “Manage payment”, then try again. Your plan has not changed."
      : "The card was declined. Use another card under “Manage payment”, then try again. Your plan has not changed.",
    internal: `Stripe refused: ${error.code ?? error.type}`,
  });
}
