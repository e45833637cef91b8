"use client";

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
import { HoldDialog } from "./hold-dialog";

type Hold = Outputs["operators"]["holds"]["data"][number];

export function HoldsView() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const [open, setOpen] = useState<{ action: "place" | "release"; subject?: string } | undefined>();
  const list = usePages({
    queryKey: [...trpc.operators.holds.pathKey(), "pages"],
    fetchPage: (cursor) => client.operators.holds.query(cursor),
  });
  return (
    <>
      <PageHeader
        title="Legal holds"
        actions={<Button onClick={() => setOpen({ action: "place" })}>Place hold</Button>}
      >
        Nothing of a held person or organization is erased, and none of its requests ends with its retention.
        The customer isn’t told.
      </PageHeader>
      <ConsoleList
        list={list}
        name="the legal holds"
        empty={
          <EmptyState title="No legal holds">
            People and organizations whose data has to be kept appear here.
          </EmptyState>
        }
      >
        {(items) => (
          <ListTable
            caption="What is held, newest first"
            columns={columnsFor((subject) => setOpen({ action: "release", subject }))}
            rows={items}
            rowKey={({ id }) => id}
          />
        )}
      </ConsoleList>
      {open && <HoldDialog {...open} onDone={() => setOpen(undefined)} />}
    </>
  );
}

function columnsFor(release: (subject: string) => void): Column<Hold>[] {
  return [
    {
      name: "Held",
      className: "max-w-72",
      cell: ({ subject, of, erasure_waits_since: waits }) => (
        <>
          <Badge className="capitalize">{of}</Badge>
          <code className="mt-1 block truncate text-[13px]">{subject}</code>
          {waits && (
            <span className="text-[13px] text-attention">
              Erasure waits since <RelativeTime iso={waits} />
            </span>
          )}
        </>
      ),
    },
    { name: "Reason", className: "min-w-40 max-w-80 break-words", cell: ({ reason }) => reason },
    {
      name: "Since",
      from: "sm",
      className: "text-muted",
      cell: ({ created_at }) => <RelativeTime iso={created_at} />,
    },
    {
      name: "Actions",
      kind: "actions",
      cell: ({ subject }) => (
        <Button
          variant="secondary"
          size="sm"
          aria-label={`Release hold on ${subject}`}
          onClick={() => release(subject)}
        >
          Release hold
        </Button>
      ),
    },
  ];
}
