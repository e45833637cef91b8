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

export function SignInsList({ common, filters: { method } }: ReportFilters) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const input = { ...common, ...(method !== null && { method }) };
  const list = usePages({
    queryKey: [...trpc.operators.signIns.pathKey(), "pages", input],
    fetchPage: (cursor) => client.operators.signIns.query({ ...input, ...cursor }),
    keepPrevious: true,
  });
  return (
    <ConsoleList
      list={list}
      name="the sign-ins"
      empty={<EmptyState title="No sign-ins">None in this period match these filters.</EmptyState>}
      end={<ArchiveBorder reachesBackTo={list.reachesBackTo} />}
    >
      {(items) => (
        <ListTable
          caption="Sign-ins by organization, newest organization first"
          columns={columns}
          rows={items}
          rowKey={({ organization_id }) => organization_id}
        />
      )}
    </ConsoleList>
  );
}

type Line = Outputs["operators"]["signIns"]["data"][number];

const columns: Column<Line>[] = [
  {
    name: "Organization",
    kind: "heading",
    className: "max-w-64",
    cell: ({ organization_id }) => <OrganizationLink id={organization_id} />,
  },
  { name: "People", kind: "number", from: "sm", cell: ({ people }) => formatCount(people) },
  { name: "Sign-ins", kind: "number", cell: ({ sign_ins }) => formatCount(sign_ins) },
  {
    name: "Second factor",
    kind: "number",
    from: "md",
    cell: ({ with_second_factor }) => formatCount(with_second_factor),
  },
  { name: "New devices", kind: "number", from: "md", cell: ({ new_devices }) => formatCount(new_devices) },
  { name: "Refused", kind: "number", from: "lg", cell: ({ failed }) => formatCount(failed) },
  {
    name: "Last",
    kind: "number",
    from: "sm",
    className: "whitespace-nowrap",
    cell: ({ last_at }) => <RelativeTime iso={last_at} className="text-muted" />,
  },
];
