"use client";

import Link from "next/link";
import { type Column, ListTable } from "@/components/data/list-table";
import { RelativeTime } from "@/components/format/relative-time";
import { Badge } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { type Outputs, useTRPC, useTRPCClient } from "../../../../_client/trpc";
import { usePages } from "../../../../_client/use-pages";
import { PageHeader } from "../../../_components/page-header";
import { ConsoleList } from "../../_components/console-list";
import { useOpenOnly } from "../../_components/use-open-only";
import { volumeLabels } from "../_lib/labels";

export function InquiriesView() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const { open, control } = useOpenOnly("Which inquiries");
  const list = usePages({
    queryKey: [...trpc.operators.inquiries.pathKey(), "pages", open],
    fetchPage: (cursor) => client.operators.inquiries.query({ open, ...cursor }),
    keepPrevious: true,
  });
  return (
    <>
      <PageHeader title="Inquiries" actions={control}>
        Requests for an Enterprise plan. We promise a reply within two working days.
      </PageHeader>
      <ConsoleList
        list={list}
        name="the inquiries"
        empty={
          <EmptyState title={open ? "No open inquiries" : "No inquiries yet"}>
            Inquiries sent from /enterprise appear here.
          </EmptyState>
        }
      >
        {(items) => (
          <ListTable
            caption="Inquiries, newest first"
            columns={columns}
            rows={items}
            rowKey={({ id }) => id}
          />
        )}
      </ConsoleList>
    </>
  );
}

type Inquiry = Outputs["operators"]["inquiries"]["data"][number];

const columns: Column<Inquiry>[] = [
  {
    name: "Company",
    className: "max-w-72",
    cell: ({ id, company, name }) => (
      <>
        <Link
          href={`/admin/inquiries/${id}`}
          className="block truncate font-medium underline-offset-4 hover:underline"
        >
          {company}
        </Link>
        <span className="block truncate text-[13px] text-muted">{name}</span>
      </>
    ),
  },
  {
    name: "Expected volume",
    from: "md",
    cell: ({ expected_volume }) => volumeLabels[expected_volume],
  },
  {
    name: "Status",
    cell: ({ handled_at }) => (handled_at ? <Badge>handled</Badge> : <Badge tone="attention">open</Badge>),
  },
  {
    name: "Received",
    from: "sm",
    className: "whitespace-nowrap",
    cell: ({ created_at }) => <RelativeTime iso={created_at} />,
  },
];
