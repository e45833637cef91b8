import { formatDay } from "../../../shared/format/time";
import { OVERAGE_PRODUCT } from "../prices/overage-price";
import type { Stripe } from "../stripe/stripe-client";

/** An invoice that has to be paid now, and the page to pay it on. */
export interface Due {
  invoice: string;
  number: string | null;
  cents: number;
  currency: string;
  url: string | null;
  /** True when only the customer's confirmation to their bank is missing. */
  confirm: boolean;
}

/** A customer's unpaid invoices, oldest first. One that is being charged at this moment is left out. */
export async function listUnpaid(stripe: Stripe, customer: string): Promise<Stripe.Invoice[]> {
  const { data } = await stripe.invoices.list({
    customer,
    status: "open",
    limit: 100,
    expand: ["data.payments"],
  });
  const now = Date.now() / 1_000;
  return data
    .filter(({ amount_remaining }) => amount_remaining > 0)
    .filter((invoice) =>
      invoice.collection_method === "send_invoice" ? (invoice.due_date ?? 0) < now : invoice.attempted,
    )
    .sort((a, b) => a.created - b.created);
}

/** Invoices that were written off. They can still be paid, and must be before anything new is bought. */
export async function listWrittenOff(stripe: Stripe, customer: string): Promise<Stripe.Invoice[]> {
  const { data } = await stripe.invoices.list({ customer, status: "uncollectible", limit: 100 });
  return data.filter(({ amount_remaining }) => amount_remaining > 0);
}

export async function dueOf(stripe: Stripe, invoice: Stripe.Invoice): Promise<Due> {
  return {
    invoice: invoice.id,
    number: invoice.number,
    cents: invoice.amount_remaining,
    currency: invoice.currency,
    url: invoice.hosted_invoice_url ?? null,
    confirm: (await intentOf(stripe, invoice))?.status === "requires_action",
  };
}

/** The payment intent of an invoice that was read with its `payments`. */
export async function intentOf(
  stripe: Stripe,
  { payments }: Stripe.Invoice,
): Promise<Stripe.PaymentIntent | undefined> {
  const all = payments?.data ?? [];
  const intent = (all.find((payment) => payment.is_default) ?? all[0])?.payment.payment_intent;
  if (intent === undefined) return undefined;
  return typeof intent === "string" ? stripe.paymentIntents.retrieve(intent) : intent;
}

export function subscriptionOf({ parent }: Stripe.Invoice): string | undefined {
  const subscription = parent?.subscription_details?.subscription;
  return typeof subscription === "object" ? subscription.id : subscription;
}

/** The parts of an invoice line that we read. */
export interface InvoiceLine {
  amount: number;
  description: string | null;
  period: { start: number; end: number };
  pricing: Pick<NonNullable<Stripe.InvoiceLineItem["pricing"]>, "price_details"> | null;
}

export function isOverageLine({ pricing }: Pick<InvoiceLine, "pricing">): boolean {
  return pricing?.price_details?.product === OVERAGE_PRODUCT;
}

/** A line's label. Stripe describes metered usage as a count of micro-dollars, which means nothing to a customer. */
export function labelOfLine(line: Omit<InvoiceLine, "amount">): string | null {
  if (!isOverageLine(line)) return line.description;
  const { start, end } = line.period;
  return `Overage, ${day(start)} to ${day(end)}`;
}

function day(seconds: number): string {
  return formatDay(new Date(seconds * 1_000));
}
