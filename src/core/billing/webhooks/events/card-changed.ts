import { toPublicId } from "../../../platform";
import { log } from "../../../platform/observability/log";
import { intentOf, listUnpaid } from "../../invoices/stripe-invoice";
import type { Stripe } from "../../stripe/stripe-client";
import { unlessMissing } from "../../stripe/stripe-errors";
import type { EventHandler } from "./event-handler";

/**
 * `payment_method.attached` and `customer.updated`: a new card pays open invoices at once instead of at Stripe's next
 * retry. A card that has just failed is not tried again, however often the customer is updated.
 */
export const cardChanged: EventHandler = async ({ stripe, event, customer, orgId }) => {
  const unpaid = (await listUnpaid(stripe, customer)).filter(
    ({ collection_method }) => collection_method === "charge_automatically",
  );
  if (unpaid.length === 0) return undefined;
  const method =
    event.type === "payment_method.attached" ? event.objectId : await defaultMethodOf(stripe, customer);
  if (method === null) return undefined;
  for (const invoice of unpaid) {
    if (triedWith(await intentOf(stripe, invoice)).has(method)) continue;
    try {
      await stripe.invoices.pay(
        invoice.id,
        { payment_method: method },
        { idempotencyKey: `pay-${invoice.id}-${method}` },
      );
    } catch (error) {
      // Stripe sends events of its own about a refusal, and they notify the customer.
      if (!isRefusal(error)) throw error;
      log().info(
        { org_id: toPublicId("org", orgId), invoice: invoice.id },
        "a new card did not pay an open invoice",
      );
    }
  }
  return undefined;
};

async function defaultMethodOf(stripe: Stripe, id: string): Promise<string | null> {
  const customer = await stripe.customers.retrieve(id).catch(unlessMissing);
  if (customer === undefined || customer.deleted) return null;
  const method = customer.invoice_settings.default_payment_method;
  return typeof method === "object" ? (method?.id ?? null) : method;
}

function triedWith(intent: Stripe.PaymentIntent | undefined): Set<string> {
  const last = intent?.last_payment_error?.payment_method?.id;
  const now = intent?.payment_method;
  const ids = [last, typeof now === "object" ? now?.id : now];
  return new Set(ids.filter((id) => typeof id === "string"));
}

/** The card was refused, or the invoice is not open any more. */
function isRefusal(error: unknown): boolean {
  const type: unknown = error instanceof Error ? Reflect.get(error, "type") : undefined;
  return type === "StripeCardError" || type === "StripeInvalidRequestError";
}
