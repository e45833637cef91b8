import type { Tx } from "../../../platform/db/client";
import {
  lastInvoiceFailedEmail,
  paymentConfirmationEmail,
  paymentFailedEmail,
  receiptEmail,
} from "../../email/billing-emails";
import { emailBillingContacts, isFirstEmail } from "../../email/email-billing-contacts";
import { intentOf, isOverageLine } from "../../invoices/stripe-invoice";
import { unlessMissing } from "../../stripe/stripe-errors";
import type { EventHandler } from "./event-handler";

/** `invoice.paid`: a period is paid for, or a debt is; whoever pays gets the receipt. */
export const invoicePaid: EventHandler = async ({ db, stripe, event, orgId, clock }) => {
  if (event.objectId === null) return undefined;
  const invoice = await stripe.invoices.retrieve(event.objectId).catch(unlessMissing);
  if (invoice?.status !== "paid") return undefined;
  // Nobody has to look after it any more.
  const write = async (tx: Tx) => {
    await tx.billingIncident.updateMany({
      where: { kind: { in: ["overdue", "finalization_failed"] }, objectId: invoice.id, handledAt: null },
      data: { state: "paid", handledAt: clock.now(), updatedAt: clock.now() },
    });
  };
  if (invoice.amount_paid === 0) return { write };
  return { write, after: () => emailBillingContacts(db, orgId, receiptEmail(invoice), { kind: "receipts" }) };
};

/**
 * `invoice.payment_failed` and `invoice.payment_action_required`: money is due and somebody has to act. Stripe sends
 * both where a bank asks, and the first again with every retry: one email says that a payment failed, and one that it
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
      isFirst = await isFirstEmail(tx, { key, orgId, now: clock.now() });
    },
    after: async ({ status, graceEndsAt }) => {
      if (!isFirst) return;
      if (confirm) {
        await emailBillingContacts(db, orgId, paymentConfirmationEmail(invoice, graceEndsAt));
        return;
      }
      if (status === "past_due") {
        await emailBillingContacts(db, orgId, paymentFailedEmail(invoice, graceEndsAt));
        return;
      }
      // Overage of a subscription that has ended. A plan that was never paid for had its letters while it was due.
      if (status === "canceled" && invoice.lines.data.every(isOverageLine)) {
        await emailBillingContacts(db, orgId, lastInvoiceFailedEmail(invoice));
      }
    },
  };
};
