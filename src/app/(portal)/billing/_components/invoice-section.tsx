"use client";

import { Download } from "lucide-react";
import { type Column, ListTable } from "@/components/data/list-table";
import { Badge, type BadgeTone } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { formatMoney } from "@/shared/format/money";
import { type Outputs, useTRPC, useTRPCClient } from "../../../_client/trpc";
import { usePages } from "../../../_client/use-pages";
import { RetryNotice, ShowMore } from "../../_components/query-states";
import { Section } from "../../_components/section";
import { formatDay } from "../_lib/plan-offer";

type Invoice = Outputs["billing"]["invoices"]["data"][number];

const tones: Record<Invoice["status"], BadgeTone> = {
  paid: "good",
  open: "attention",
  void: "neutral",
  uncollectible: "danger",
};

/** `since` changes with the plan and its period, and reloads the list. */
export function InvoiceSection({ since }: { since: string }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const list = usePages({
    queryKey: [...trpc.billing.invoices.pathKey(), "pages", since],
    fetchPage: (cursor) => client.billing.invoices.query({ limit: 12, ...cursor }),
  });
  return (
    <Section id="invoices" title="Invoices">
      {list.isPending && (
        <Loading label="Loading invoices">
          <Skeleton className="h-32 rounded-lg" />
        </Loading>
      )}
      {list.isError && <RetryNotice query={list} title="Couldn’t load your invoices" />}
      {list.isSuccess && list.items.length === 0 && (
        <p className="rounded-lg border border-dashed px-4 py-6 text-center text-muted">
          No invoices yet. The first one appears with your first payment.
        </p>
      )}
      {list.items.length > 0 && (
        <ListTable
          caption="Invoices of your organization, newest first"
          columns={columns}
          rows={list.items}
          rowKey={({ id }) => id}
        />
      )}
      <ShowMore list={list} />
    </Section>
  );
}

const numberOf = ({ number }: Invoice) => number ?? "Invoice";

const columns: Column<Invoice>[] = [
  {
    name: "Invoice",
    cell: (invoice) => (
      <>
        <span className="flex flex-wrap items-center gap-2">
          {invoice.hosted_url === null ? (
            <span className="font-medium">{numberOf(invoice)}</span>
          ) : (
            <a
              className="font-medium underline decoration-line underline-offset-4 hover:decoration-ink"
              href={invoice.hosted_url}
              target="_blank"
              rel="noreferrer"
            >
              {numberOf(invoice)}
            </a>
          )}
          <span className="sm:hidden">
            <InvoiceStatus invoice={invoice} />
          </span>
        </span>
        <span className="mt-0.5 block text-[13px] text-muted">{formatDay(invoice.created_at)}</span>
      </>
    ),
  },
  { name: "Status", from: "sm", cell: (invoice) => <InvoiceStatus invoice={invoice} /> },
  { name: "Amount", kind: "number", cell: ({ total_micros }) => formatMoney(total_micros) },
  {
    name: "PDF",
    kind: "actions",
    cell: (invoice) =>
      invoice.pdf_url !== null && (
        <Button asChild variant="ghost" size="icon-sm">
          <a href={invoice.pdf_url} target="_blank" rel="noreferrer">
            <Download aria-hidden="true" />
            <span className="sr-only">PDF of {numberOf(invoice)}</span>
          </a>
        </Button>
      ),
  },
];

function InvoiceStatus({ invoice: { status } }: { invoice: Invoice }) {
  return <Badge tone={tones[status]}>{status}</Badge>;
}
