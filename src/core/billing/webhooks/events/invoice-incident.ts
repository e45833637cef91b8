import { recordIncident } from "../../incidents/incidents";
import { microsOfCents } from "../../prices/plan-prices";
import type { Stripe } from "../../stripe/stripe-client";
import { unlessMissing } from "../../stripe/stripe-errors";
import type { EventHandler } from "./event-handler";

/** `invoice.finalization_failed`: Stripe cannot finalize an invoice, so nobody is charged until a person fixes it. */
export const invoiceFinalizationFailed: EventHandler = invoiceIncident("finalization_failed", (invoice) =>
  invoice.status === "draft" && invoice.last_finalization_error !== null
    ? (invoice.last_finalization_error.code ?? "failed")
    : undefined,
);

/** `invoice.overdue`: an emailed invoice was not paid in time. */
export const invoiceOverdue: EventHandler = invoiceIncident("overdue", ({ status, due_date }) =>
  status === "open" && due_date !== null ? "open" : undefined,
);

function invoiceIncident(
  kind: "finalization_failed" | "overdue",
  stateOf: (invoice: Stripe.Invoice) => string | undefined,
): EventHandler {
  return async ({ stripe, event, orgId, clock }) => {
    const objectId = event.objectId;
    if (objectId === null) return undefined;
    const invoice = await stripe.invoices.retrieve(objectId).catch(unlessMissing);
    if (invoice === undefined) return undefined;
    const state = stateOf(invoice);
    return {
      write: (tx) =>
        recordIncident(
          tx,
          {
            orgId,
            kind,
            objectId,
            state: state ?? invoice.status ?? "gone",
            micros: microsOfCents(invoice.amount_due),
            planLostUntil: null,
            settled: state === undefined,
          },
          clock.now(),
        ),
    };
  };
}
