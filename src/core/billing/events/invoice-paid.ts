import { db } from "../../platform/db";
import { receiptLetter } from "../letters";
import { mailBillingContacts } from "../mail-billing-contacts";
import { syncSubscriptionIn } from "../sync-subscription";
import { customerOf, type EventHandler, idOf } from "./event-handler";

/** `invoice.paid`: a period is paid for, or a debt is; whoever pays gets the receipt. */
export const invoicePaid: EventHandler = {
  async handle(tx, stripe, event) {
    const customer = customerOf(event);
    const synced = customer && (await syncSubscriptionIn(tx, stripe, customer));
    const id = idOf(event.data.object);
    if (!synced || id === undefined) return undefined;
    const invoice = await stripe.invoices.retrieve(id);
    if (invoice.status !== "paid" || invoice.amount_paid === 0) return undefined;
    return () => mailBillingContacts(db(), synced.orgId, receiptLetter(invoice), { kind: "receipts" });
  },
};
