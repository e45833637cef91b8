import type { Db } from "../platform/db";
import { isOverageLine } from "./invoice-line";
import { microsOfCents } from "./paid-plans";
import type { InvoiceList, ListInvoicesInput } from "./schemas";
import type { Stripe } from "./stripe-client";

/** What was invoiced, newest first, with Stripe's own pages and PDFs. Drafts are Stripe's business. */
export async function listInvoices(
  db: Db,
  stripe: Stripe,
  { orgId, input }: { orgId: string; input: ListInvoicesInput },
): Promise<InvoiceList> {
  const row = await db.subscription.findUnique({ where: { orgId }, select: { stripeCustomerId: true } });
  if (!row?.stripeCustomerId) return { data: [], next_cursor: null };
  const { data, has_more } = await stripe.invoices.list({
    customer: row.stripeCustomerId,
    limit: input.limit,
    ...(input.cursor === undefined ? {} : { starting_after: input.cursor }),
  });
  return {
    data: data.flatMap((invoice) => (invoice.status === "draft" ? [] : [toView(invoice)])),
    next_cursor: has_more ? (data.at(-1)?.id ?? null) : null,
  };
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
