import { isOverageLine } from "../invoice-line";
import { lastInvoiceFailedLetter, paymentFailedLetter } from "../letters";
import { mailBillingContacts } from "../mail-billing-contacts";
import { unlessMissing } from "../stripe-missing";
import type { EventHandler } from "./event-handler";

/** `invoice.payment_failed` and `invoice.payment_action_required`: money is due and somebody has to act. */
export const invoicePaymentFailed: EventHandler = async ({ db, stripe, event, orgId }) => {
  if (event.objectId === null) return undefined;
  const invoice = await stripe.invoices.retrieve(event.objectId).catch(unlessMissing);
  // Late news: by now it may be paid.
  if (invoice?.status !== "open") return undefined;
  return {
    after: async ({ status, graceEndsAt }) => {
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
