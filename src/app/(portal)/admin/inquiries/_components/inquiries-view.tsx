"use client";

import Link from "next/link";
import { RelativeTime } from "@/components/format/relative-time";
import { Badge } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
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
        {(items) => <InquiryTable inquiries={items} />}
      </ConsoleList>
    </>
  );
}

type Inquiry = Outputs["operators"]["inquiries"]["data"][number];

function InquiryTable({ inquiries }: { inquiries: readonly Inquiry[] }) {
  return (
    <Table>
      <caption className="sr-only">Inquiries, newest first</caption>
      <TableHead>
        <tr>
          <TableHeader>Company</TableHeader>
          <TableHeader className="hidden md:table-cell">Expected volume</TableHeader>
          <TableHeader>Status</TableHeader>
          <TableHeader className="hidden sm:table-cell">Received</TableHeader>
        </tr>
      </TableHead>
      <TableBody>
        {inquiries.map(({ id, company, name, expected_volume, handled_at, created_at }) => (
          <TableRow key={id}>
            <TableCell className="max-w-72">
              <Link
                href={`/admin/inquiries/${id}`}
                className="block truncate font-medium underline-offset-4 hover:underline"
              >
                {company}
              </Link>
              <span className="block truncate text-[13px] text-muted">{name}</span>
            </TableCell>
            <TableCell className="hidden md:table-cell">{volumeLabels[expected_volume]}</TableCell>
            <TableCell>
              {handled_at ? <Badge>handled</Badge> : <Badge tone="attention">open</Badge>}
            </TableCell>
            <TableCell className="hidden whitespace-nowrap sm:table-cell">
              <RelativeTime iso={created_at} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
