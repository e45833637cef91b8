import { receiptLetter } from "../letters";
import { mailBillingContacts } from "../mail-billing-contacts";
import { unlessMissing } from "../stripe-missing";
import type { EventHandler } from "./event-handler";

/** `invoice.paid`: a period is paid for, or a debt is; whoever pays gets the receipt. */
export const invoicePaid: EventHandler = async ({ db, stripe, event, orgId }) => {
  if (event.objectId === null) return undefined;
  const invoice = await stripe.invoices.retrieve(event.objectId).catch(unlessMissing);
  if (invoice?.status !== "paid" || invoice.amount_paid === 0) return undefined;
  return { after: () => mailBillingContacts(db, orgId, receiptLetter(invoice), { kind: "receipts" }) };
};
