"use client";

import Link from "next/link";
import { useState } from "react";
import { RelativeTime } from "@/components/format/relative-time";
import { Badge } from "@/components/ui/badge";
import { EmptyState } from "@/components/ui/empty-state";
import { Segments } from "@/components/ui/segments";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { type Outputs, useTRPC, useTRPCClient } from "../../../../_client/trpc";
import { usePages } from "../../../../_client/use-pages";
import { PageHeader } from "../../../_components/page-header";
import { ConsoleList } from "../../_components/console-list";
import { volumeLabels } from "../_lib/volumes";

const shown = [
  { value: "open", label: "Waiting" },
  { value: "all", label: "All" },
] as const;
type Shown = (typeof shown)[number]["value"];

export function InquiriesView() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const [which, setWhich] = useState<Shown>("open");
  const open = which === "open";
  const list = usePages({
    queryKey: [...trpc.operators.inquiries.pathKey(), "pages", which],
    fetchPage: (cursor) => client.operators.inquiries.query({ open, ...cursor }),
    keepPrevious: true,
  });
  return (
    <>
      <PageHeader
        title="Inquiries"
        actions={<Segments legend="Which inquiries" value={which} options={shown} onChange={setWhich} />}
      >
        Who asked for an Enterprise plan. They were told to expect an answer within two working days.
      </PageHeader>
      <ConsoleList
        list={list}
        name="the inquiries"
        failure="The inquiries could not be loaded"
        empty={
          <EmptyState title={open ? "Nobody waits for an answer" : "No inquiries yet"}>
            Inquiries come from the page /enterprise.
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
          <TableHeader className="hidden md:table-cell">Expects</TableHeader>
          <TableHeader>State</TableHeader>
          <TableHeader className="hidden sm:table-cell">Came</TableHeader>
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
              {handled_at ? <Badge>handled</Badge> : <Badge tone="attention">waiting</Badge>}
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
