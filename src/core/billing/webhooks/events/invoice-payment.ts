import type { Tx } from "../../../platform";
import { emitEvents, type WebhookEvent } from "../../../webhooks";
import {
  lastInvoiceFailedEmail,
  paymentConfirmationEmail,
  paymentFailedEmail,
  receiptEmail,
} from "../../email/billing-emails";
import { emailBillingContacts, isFirstEmail } from "../../email/email-billing-contacts";
import { intentOf, isOverageLine } from "../../invoices/stripe-invoice";
import type { Stripe } from "../../stripe/stripe-client";
import { unlessMissing } from "../../stripe/stripe-errors";
import type { EventHandler } from "./event-handler";

/** `invoice.paid`: a period or a debt is paid, and the billing contacts get a receipt. */
export const invoicePaid: EventHandler = async ({ db, stripe, event, orgId, clock }) => {
  if (event.objectId === null) return undefined;
  const invoice = await stripe.invoices.retrieve(event.objectId).catch(unlessMissing);
  if (invoice?.status !== "paid") return undefined;
  // A paid invoice needs no operator.
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
 * `invoice.payment_failed` and `invoice.payment_action_required`: the customer has to pay or confirm. Stripe sends both
 * when a bank asks for confirmation, and the first again with every retry, so one email is sent per invoice for a
 * failure and one for a confirmation.
 */
export const invoicePaymentFailed: EventHandler = async ({ db, stripe, event, orgId, clock }) => {
  if (event.objectId === null) return undefined;
  const invoice = await stripe.invoices
    .retrieve(event.objectId, { expand: ["payments"] })
    .catch(unlessMissing);
  // The event is late: the invoice may be paid by now.
  if (invoice?.status !== "open") return undefined;
  const confirm = (await intentOf(stripe, invoice))?.status === "requires_action";
  let isFirst = false;
  return {
    write: async (tx) => {
      const key = `${invoice.id} ${confirm ? "confirm" : "failed"}`;
      isFirst = await isFirstEmail(tx, { key, orgId, now: clock.now() });
      if (isFirst) await emitEvents(tx, [paymentFailedEvent(orgId, invoice, confirm)]);
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
      // Overage of a subscription that has ended. A canceled plan that was never paid had its emails while it was due.
      if (status === "canceled" && invoice.lines.data.every(isOverageLine)) {
        await emailBillingContacts(db, orgId, lastInvoiceFailedEmail(invoice));
      }
    },
  };
};

function paymentFailedEvent(orgId: string, invoice: Stripe.Invoice, confirm: boolean): WebhookEvent {
  return {
    orgId,
    type: "invoice.payment_failed",
    data: {
      invoice_number: invoice.number,
      amount_due_cents: invoice.amount_due,
      currency: invoice.currency,
      needs_confirmation: confirm,
    },
  };
}
