import { db } from "../../platform/db";
import { isOverageLine } from "../invoice-line";
import { lastInvoiceFailedLetter, paymentFailedLetter } from "../letters";
import { mailBillingContacts } from "../mail-billing-contacts";
import { syncSubscriptionIn } from "../sync-subscription";
import { customerOf, type EventHandler, idOf } from "./event-handler";

/** `invoice.payment_failed` and `invoice.payment_action_required`: money is due and somebody has to act. */
export const invoicePaymentFailed: EventHandler = {
  async handle(tx, stripe, event) {
    const customer = customerOf(event);
    const synced = customer && (await syncSubscriptionIn(tx, stripe, customer));
    const id = idOf(event.data.object);
    if (!synced || id === undefined) return undefined;
    const invoice = await stripe.invoices.retrieve(id);
    // Late news: by now it may be paid.
    if (invoice.status !== "open") return undefined;
    const { status, graceEndsAt } = synced.entitlement;
    if (status === "past_due") {
      return () => mailBillingContacts(db(), synced.orgId, paymentFailedLetter(invoice, graceEndsAt));
    }
    // Overage of a subscription that has ended. A plan that was never paid for had its letters while it was due.
    const ended = status === "canceled" && invoice.lines.data.every(isOverageLine);
    return ended
      ? () => mailBillingContacts(db(), synced.orgId, lastInvoiceFailedLetter(invoice))
      : undefined;
  },
};
