import type { Tx } from "../../../platform/db/client";
import { receiptEmail } from "../../email/billing-emails";
import { emailBillingContacts } from "../../email/email-billing-contacts";
import { unlessMissing } from "../../stripe/stripe-missing";
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
