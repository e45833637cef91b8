"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { type Column, ListTable } from "@/components/data/list-table";
import { RelativeTime } from "@/components/format/relative-time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { formatMoney } from "@/shared/format/money";
import { FailureNotice } from "../../../../_client/failure-notice";
import { type Outputs, useTRPC, useTRPCClient } from "../../../../_client/trpc";
import { usePages } from "../../../../_client/use-pages";
import { PageHeader } from "../../../_components/page-header";
import { ConsoleList } from "../../_components/console-list";
import { useOpenOnly } from "../../_components/use-open-only";

type Incident = Outputs["operators"]["incidents"]["data"][number];

const kindLabels: Record<Incident["kind"], string> = {
  finalization_failed: "Invoice not finalized",
  overdue: "Agreed invoice overdue",
  refund: "Refund",
  dispute: "Dispute",
};

export function IncidentsView() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const { open, control } = useOpenOnly("Which incidents");
  const list = usePages({
    queryKey: [...trpc.operators.incidents.pathKey(), "pages", open],
    fetchPage: (cursor) => client.operators.incidents.query({ open, ...cursor }),
    keepPrevious: true,
  });
  return (
    <>
      <PageHeader title="Billing incidents" actions={control}>
        Payment problems from Stripe that a person has to check.
      </PageHeader>
      <ConsoleList
        list={list}
        name="the incidents"
        empty={
          <EmptyState title={open ? "No open incidents" : "No incidents yet"}>
            Refunds, disputes, and invoices that are overdue or couldn’t be finalized appear here.
          </EmptyState>
        }
      >
        {(items) => <IncidentTable incidents={items} />}
      </ConsoleList>
    </>
  );
}

function IncidentTable({ incidents }: { incidents: readonly Incident[] }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const handle = useMutation(
    trpc.operators.handleIncident.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.operators.incidents.pathFilter()),
    }),
  );
  const columns: Column<Incident>[] = [
    {
      name: "Incident",
      className: "max-w-72",
      cell: ({ organization_id, kind, object_id, state }) => (
        <>
          <Link
            href={`/admin/organizations/${organization_id}`}
            className="block truncate font-medium underline-offset-4 hover:underline"
          >
            {kindLabels[kind]}
          </Link>
          <span className="block truncate text-[13px] text-muted">
            {object_id}, {state.replaceAll("_", " ")}
          </span>
        </>
      ),
    },
    {
      name: "Amount",
      className: "num whitespace-nowrap",
      cell: ({ amount_micros }) => formatMoney(amount_micros),
    },
    {
      name: "Plan",
      from: "md",
      cell: ({ plan_lost_until }) => (plan_lost_until ? "on Free for now" : "unchanged"),
    },
    {
      name: "Received",
      from: "sm",
      className: "whitespace-nowrap",
      cell: ({ created_at }) => <RelativeTime iso={created_at} />,
    },
    {
      name: "Status",
      cell: ({ id, handled_at }) =>
        handled_at ? (
          <Badge>handled</Badge>
        ) : (
          <Button
            size="sm"
            variant="secondary"
            pending={handle.isPending && handle.variables.id === id}
            onClick={() => handle.mutate({ id })}
          >
            Mark as handled
          </Button>
        ),
    },
  ];
  return (
    <>
      {handle.error && <FailureNotice error={handle.error} className="mb-4" />}
      <ListTable
        caption="Billing incidents, newest first"
        columns={columns}
        rows={incidents}
        rowKey={({ id }) => id}
      />
    </>
  );
}
