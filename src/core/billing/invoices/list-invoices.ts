import type { Db } from "../../platform";
import { pageOf } from "../../platform/list";
import { microsOfCents } from "../prices/plan-prices";
import type { InvoiceList, ListInvoicesInput } from "../schemas";
import { findCustomerId } from "../stripe/customer";
import { stripeCache } from "../stripe/stripe-cache";
import type { Stripe } from "../stripe/stripe-client";
import { isOverageLine } from "./stripe-invoice";

/** Forty years of monthly invoices; older ones are at Stripe. */
const MOST = 500;

/**
 * Finalized invoices, newest first, with links to Stripe's page and PDF. Stripe pages in one direction only, so all
 * pages are read: nearly every customer has one.
 * @throws AppError `invalid_cursor`.
 */
export async function listInvoices(
  db: Db,
  stripe: Stripe,
  { orgId, input }: { orgId: string; input: ListInvoicesInput },
): Promise<InvoiceList> {
  const customer = await findCustomerId(db, orgId);
  const invoices = customer
    ? await stripeCache().invoices.get(`${orgId} ${customer}`, () => readInvoices(stripe, customer))
    : [];
  return pageOf({ list: "invoices", owner: orgId }, input, invoices.map(toView));
}

async function readInvoices(stripe: Stripe, customer: string): Promise<Stripe.Invoice[]> {
  const found: Stripe.Invoice[] = [];
  let last: string | undefined;
  do {
    const { data, has_more } = await stripe.invoices.list({
      customer,
      limit: 100,
      ...(last === undefined ? {} : { starting_after: last }),
    });
    found.push(...data);
    last = has_more ? data.at(-1)?.id : undefined;
  } while (last !== undefined && found.length < MOST);
  return found.filter(({ status }) => status !== "draft");
}

function toView(invoice: Stripe.Invoice): InvoiceList["data"][number] {
  return {
    id: invoice.id,
    number: invoice.number,
    status: statusOf(invoice),
    created_at: new Date(invoice.created * 1_000).toISOString(),
    total_micros: microsOfCents(invoice.total),
    description: invoice.lines.data.findLast((line) => !isOverageLine(line))?.description ?? null,
    hosted_url: invoice.hosted_invoice_url ?? null,
    pdf_url: invoice.invoice_pdf ?? null,
  };
}

const settled = ["paid", "void", "uncollectible"] as const;

function statusOf({ status }: Stripe.Invoice): InvoiceList["data"][number]["status"] {
  return settled.find((end) => end === status) ?? "open";
}
