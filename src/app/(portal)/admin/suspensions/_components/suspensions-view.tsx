"use client";

import Link from "next/link";
import { useState } from "react";
import { type Column, ListTable } from "@/components/data/list-table";
import { RelativeTime } from "@/components/format/relative-time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { type Outputs, useTRPC, useTRPCClient } from "../../../../_client/trpc";
import { usePages } from "../../../../_client/use-pages";
import { PageHeader } from "../../../_components/page-header";
import { ConsoleList } from "../../_components/console-list";
import { SuspensionDialog } from "./suspension-dialog";

type Suspension = Outputs["operators"]["suspensions"]["data"][number];

/** `subject` opens the dialog for it. */
export function SuspensionsView({ subject }: { subject: string | undefined }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const [open, setOpen] = useState<SuspensionChange | undefined>(
    subject === undefined ? undefined : { action: "suspend", subject },
  );
  const list = usePages({
    queryKey: [...trpc.operators.suspensions.pathKey(), "pages"],
    fetchPage: (cursor) => client.operators.suspensions.query(cursor),
  });
  return (
    <>
      <PageHeader
        title="Suspensions"
        actions={<Button onClick={() => setOpen({ action: "suspend" })}>Suspend</Button>}
      >
        A suspended account, organization or API key is refused everywhere within five seconds, with the
        reason. Nothing is deleted, and everything works again once you reinstate it.
      </PageHeader>
      <ConsoleList
        list={list}
        name="the suspensions"
        empty={
          <EmptyState title="Nothing is suspended">
            Suspended accounts, organizations and API keys appear here.
          </EmptyState>
        }
      >
        {(items) => (
          <ListTable
            caption="What is suspended, newest first"
            columns={columnsFor((id) => setOpen({ action: "reinstate", subject: id }))}
            rows={items}
            rowKey={({ id }) => id}
          />
        )}
      </ConsoleList>
      {open && <SuspensionDialog {...open} onDone={() => setOpen(undefined)} />}
    </>
  );
}

interface SuspensionChange {
  action: "suspend" | "reinstate";
  subject?: string;
}

function columnsFor(reinstate: (id: string) => void): Column<Suspension>[] {
  return [
    {
      name: "Suspended",
      className: "max-w-72",
      cell: ({ id, of, organization_id }) => (
        <>
          <Badge className="capitalize">{of}</Badge>
          <code className="mt-1 block truncate text-[13px]">{id}</code>
          <OrganizationLink id={of === "organization" ? id : organization_id} />
        </>
      ),
    },
    { name: "Reason", className: "min-w-40 max-w-80 break-words", cell: ({ reason }) => reason },
    {
      name: "Since",
      from: "sm",
      className: "text-muted",
      cell: ({ created_at, by }) => (
        <>
          <RelativeTime iso={created_at} />
          {by && ` by ${by}`}
        </>
      ),
    },
    {
      name: "Actions",
      kind: "actions",
      cell: ({ id }) => (
        <Button variant="secondary" size="sm" aria-label={`Reinstate ${id}`} onClick={() => reinstate(id)}>
          Reinstate
        </Button>
      ),
    },
  ];
}

function OrganizationLink({ id }: { id: string | null }) {
  if (id === null) return null;
  return (
    <Link
      href={`/admin/organizations/${id}`}
      className="block truncate text-[13px] text-accent underline-offset-4 hover:underline"
    >
      View organization
    </Link>
  );
}
