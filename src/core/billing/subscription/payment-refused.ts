import Stripe from "stripe";
import { AppError } from "../../platform/errors";

const confirmations: ReadonlySet<string | undefined> = new Set([
  "subscription_payment_intent_requires_action",
  "invoice_payment_intent_requires_action",
  "authentication_required",
]);

/** Whether the bank would pay, once its customer says that it is them. */
export function asksForConfirmation(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeError && confirmations.has(error.code);
}

/** A card's refusal in our words; anything else is thrown on. The bank's reason is the customer's to know. */
export function paymentRefused(error: unknown): AppError {
  if (!(error instanceof Stripe.errors.StripeError)) throw error;
  if (error.type !== "StripeCardError" && error.statusCode !== 402) throw error;
  return new AppError("payment_failed", {
    public:
      "The card was declined. Use another card under “Manage payment”, then try again. Your plan has not changed.",
    internal: `Stripe refused: ${error.code ?? error.type}`,
  });
}
