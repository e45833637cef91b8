"use client";

import { Download } from "lucide-react";
import { Badge, type BadgeTone } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { formatMoney } from "@/shared/money";
import { type Outputs, useTRPC, useTRPCClient } from "../../../_client/trpc";
import { usePages } from "../../../_client/use-pages";
import { RetryNotice, ShowMore } from "../../_components/query-states";
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
    <section aria-labelledby="invoices">
      <h2 id="invoices" className="mb-3 font-semibold text-base">
        Invoices
      </h2>
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
        <Table>
          <caption className="sr-only">Invoices of your organization, newest first</caption>
          <TableHead>
            <tr>
              <TableHeader>Invoice</TableHeader>
              <TableHeader className="hidden sm:table-cell">Status</TableHeader>
              <TableHeader className="text-right">Amount</TableHeader>
              <TableHeader>
                <span className="sr-only">PDF</span>
              </TableHeader>
            </tr>
          </TableHead>
          <TableBody>
            {list.items.map((invoice) => (
              <InvoiceRow key={invoice.id} invoice={invoice} />
            ))}
          </TableBody>
        </Table>
      )}
      <ShowMore list={list} />
    </section>
  );
}

function InvoiceRow({ invoice }: { invoice: Invoice }) {
  const number = invoice.number ?? "Invoice";
  const status = <Badge tone={tones[invoice.status]}>{invoice.status}</Badge>;
  return (
    <TableRow>
      <TableCell>
        <span className="flex flex-wrap items-center gap-2">
          {invoice.hosted_url === null ? (
            <span className="font-medium">{number}</span>
          ) : (
            <a
              className="font-medium underline decoration-line underline-offset-4 hover:decoration-ink"
              href={invoice.hosted_url}
              target="_blank"
              rel="noreferrer"
            >
              {number}
            </a>
          )}
          <span className="sm:hidden">{status}</span>
        </span>
        <span className="mt-0.5 block text-[13px] text-muted">{formatDay(invoice.created_at)}</span>
      </TableCell>
      <TableCell className="hidden sm:table-cell">{status}</TableCell>
      <TableCell className="num text-right">{formatMoney(invoice.total_micros)}</TableCell>
      <TableCell className="w-px text-right">
        {invoice.pdf_url !== null && (
          <Button asChild variant="ghost" size="icon-sm">
            <a href={invoice.pdf_url} target="_blank" rel="noreferrer">
              <Download aria-hidden="true" />
              <span className="sr-only">PDF of {number}</span>
            </a>
          </Button>
        )}
      </TableCell>
    </TableRow>
  );
}
