"use client";

import { type Column, ListTable } from "@/components/data/list-table";
import { RelativeTime } from "@/components/format/relative-time";
import { EmptyState } from "@/components/ui/empty-state";
import { formatCount } from "@/shared/format/count";
import { type Outputs, useTRPC, useTRPCClient } from "../../../../_client/trpc";
import { usePages } from "../../../../_client/use-pages";
import { ArchiveBorder } from "../../_components/archive-border";
import { ConsoleList } from "../../_components/console-list";
import { OrganizationLink } from "./organization-link";
import type { ReportFilters } from "./use-report-filters";

export function DeedsList({ common, filters: { by, kind } }: ReportFilters) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const input = { ...common, ...(by !== null && { by }), ...(kind !== null && { kind }) };
  const list = usePages({
    queryKey: [...trpc.operators.deeds.pathKey(), "pages", input],
    fetchPage: (cursor) => client.operators.deeds.query({ ...input, ...cursor }),
    keepPrevious: true,
  });
  return (
    <ConsoleList
      list={list}
      name="the admin actions"
      empty={<EmptyState title="No admin actions">None in this period match these filters.</EmptyState>}
      end={<ArchiveBorder reachesBackTo={list.reachesBackTo} />}
    >
      {(items) => (
        <ListTable
          caption="Admin actions by organization, newest organization first"
          columns={columns}
          rows={items}
          rowKey={({ organization_id, by: actor, action }) => `${organization_id} ${actor} ${action}`}
        />
      )}
    </ConsoleList>
  );
}

type Line = Outputs["operators"]["deeds"]["data"][number];

const columns: Column<Line>[] = [
  {
    name: "Action",
    kind: "heading",
    className: "max-w-72",
    cell: ({ action, organization_id, by }) => (
      <>
        <code className="wrap-anywhere text-[13px]">{action}</code>
        <OrganizationLink id={organization_id} />
        <span className="block text-[13px] text-muted capitalize sm:hidden">{by}</span>
      </>
    ),
  },
  { name: "By", from: "sm", className: "capitalize", cell: ({ by }) => by },
  { name: "Actors", kind: "number", from: "md", cell: ({ actors }) => formatCount(actors) },
  { name: "Times", kind: "number", cell: ({ times }) => formatCount(times) },
  {
    name: "Last",
    kind: "number",
    from: "sm",
    className: "whitespace-nowrap",
    cell: ({ last_at }) => <RelativeTime iso={last_at} className="text-muted" />,
  },
];
