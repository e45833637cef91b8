import { isFirstLetter } from "../../email/first-letter";
import { confirmationLetter, lastInvoiceFailedLetter, paymentFailedLetter } from "../../email/letters";
import { mailBillingContacts } from "../../email/mail-billing-contacts";
import { intentOf } from "../../entitlement/unpaid-invoices";
import { isOverageLine } from "../../invoices/invoice-line";
import { unlessMissing } from "../../stripe/stripe-missing";
import type { EventHandler } from "./event-handler";

/**
 * `invoice.payment_failed` and `invoice.payment_action_required`: money is due and somebody has to act. Stripe sends
 * both where a bank asks, and the first again with every retry: one letter says that a payment failed, and one that it
 * has to be confirmed.
 */
export const invoicePaymentFailed: EventHandler = async ({ db, stripe, event, orgId, clock }) => {
  if (event.objectId === null) return undefined;
  const invoice = await stripe.invoices
    .retrieve(event.objectId, { expand: ["payments"] })
    .catch(unlessMissing);
  // Late news: by now it may be paid.
  if (invoice?.status !== "open") return undefined;
  const confirm = (await intentOf(stripe, invoice))?.status === "requires_action";
  let isFirst = false;
  return {
    write: async (tx) => {
      const key = `${invoice.id} ${confirm ? "confirm" : "failed"}`;
      isFirst = await isFirstLetter(tx, { key, orgId, now: clock.now() });
    },
    after: async ({ status, graceEndsAt }) => {
      if (!isFirst) return;
      if (confirm) {
        await mailBillingContacts(db, orgId, confirmationLetter(invoice, graceEndsAt));
        return;
      }
      if (status === "past_due") {
        await mailBillingContacts(db, orgId, paymentFailedLetter(invoice, graceEndsAt));
        return;
      }
      // Overage of a subscription that has ended. A plan that was never paid for had its letters while it was due.
      if (status === "canceled" && invoice.lines.data.every(isOverageLine)) {
        await mailBillingContacts(db, orgId, lastInvoiceFailedLetter(invoice));
      }
    },
  };
};
