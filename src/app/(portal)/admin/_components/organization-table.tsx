import Link from "next/link";
import { type Column, ListTable } from "@/components/data/list-table";
import { RelativeTime } from "@/components/format/relative-time";
import { Badge } from "@/components/ui/badge";
import { formatCount } from "@/shared/format/count";
import type { Outputs } from "../../../_client/trpc";

type Organization = Outputs["operators"]["organizations"]["data"][number];

export function OrganizationTable({ organizations }: { organizations: readonly Organization[] }) {
  return (
    <ListTable
      caption="Organizations, newest first"
      columns={columns}
      rows={organizations}
      rowKey={({ id }) => id}
    />
  );
}

const columns: Column<Organization>[] = [
  {
    name: "Organization",
    className: "max-w-64",
    cell: ({ id, name }) => (
      <>
        <Link
          href={`/admin/organizations/${id}`}
          className="block truncate font-medium underline-offset-4 hover:underline"
        >
          {name}
        </Link>
        <code className="block truncate text-[13px] text-muted">{id}</code>
      </>
    ),
  },
  {
    name: "Plan",
    cell: ({ plan, agreed, status }) => (
      <span className="flex flex-wrap items-center gap-1.5">
        <Badge className="capitalize">{plan}</Badge>
        {agreed && <Badge tone="accent">by agreement</Badge>}
        {status !== "active" && <Badge tone="attention">{status.replaceAll("_", " ")}</Badge>}
      </span>
    ),
  },
  { name: "Members", kind: "number", from: "lg", cell: ({ members }) => formatCount(members) },
  {
    name: "Tokens this month",
    kind: "number",
    from: "md",
    cell: ({ tokens_this_month }) => formatCount(tokens_this_month),
  },
  {
    name: "Requests, 30 days",
    kind: "number",
    from: "md",
    cell: ({ requests_30_days }) => formatCount(requests_30_days),
  },
  {
    name: "Created",
    from: "sm",
    className: "whitespace-nowrap",
    cell: ({ created_at }) => <RelativeTime iso={created_at} />,
  },
];
