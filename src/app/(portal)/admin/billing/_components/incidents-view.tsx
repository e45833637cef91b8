"use client";

import { useMutation, useQueryClient } from "@tanstack/react-query";
import Link from "next/link";
import { RelativeTime } from "@/components/format/relative-time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { formatMoney } from "@/shared/money";
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
  return (
    <>
      {handle.error && <FailureNotice error={handle.error} className="mb-4" />}
      <Table>
        <caption className="sr-only">Billing incidents, newest first</caption>
        <TableHead>
          <tr>
            <TableHeader>Incident</TableHeader>
            <TableHeader>Amount</TableHeader>
            <TableHeader className="hidden md:table-cell">Plan</TableHeader>
            <TableHeader className="hidden sm:table-cell">Received</TableHeader>
            <TableHeader>Status</TableHeader>
          </tr>
        </TableHead>
        <TableBody>
          {incidents.map((incident) => (
            <TableRow key={incident.id}>
              <TableCell className="max-w-72">
                <Link
                  href={`/admin/organizations/${incident.organization_id}`}
                  className="block truncate font-medium underline-offset-4 hover:underline"
                >
                  {kindLabels[incident.kind]}
                </Link>
                <span className="block truncate text-[13px] text-muted">
                  {incident.object_id}, {incident.state.replaceAll("_", " ")}
                </span>
              </TableCell>
              <TableCell className="num whitespace-nowrap">{formatMoney(incident.amount_micros)}</TableCell>
              <TableCell className="hidden md:table-cell">
                {incident.plan_lost_until ? "on Free for now" : "unchanged"}
              </TableCell>
              <TableCell className="hidden whitespace-nowrap sm:table-cell">
                <RelativeTime iso={incident.created_at} />
              </TableCell>
              <TableCell>
                {incident.handled_at ? (
                  <Badge>handled</Badge>
                ) : (
                  <Button
                    size="sm"
                    variant="secondary"
                    pending={handle.isPending && handle.variables.id === incident.id}
                    onClick={() => handle.mutate({ id: incident.id })}
                  >
                    Mark as handled
                  </Button>
                )}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </>
  );
}
