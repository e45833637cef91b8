import Link from "next/link";
import { type Column, ListTable } from "@/components/data/list-table";
import { RelativeTime } from "@/components/format/relative-time";
import type { Outputs } from "../../../_client/trpc";

type Entry = Outputs["audit"]["list"]["data"][number] & { organization_id?: string | null };

export function AuditEntryTable({ entries, label }: { entries: readonly Entry[]; label: string }) {
  return (
    <ListTable
      caption={`${label}, newest first`}
      columns={columns}
      rows={entries}
      rowKey={({ id }) => id}
      className="[&_td]:align-top"
    />
  );
}

const columns: Column<Entry>[] = [
  {
    name: "Action",
    className: "min-w-56",
    cell: ({ action, organization_id, details }) => (
      <>
        <code className="wrap-anywhere text-[13px] sm:whitespace-nowrap">{action}</code>
        {organization_id && (
          <Link
            href={`/admin/organizations/${organization_id}`}
            className="mt-0.5 block break-all text-[13px] text-accent underline underline-offset-4"
          >
            {organization_id}
          </Link>
        )}
        <span className="wrap-anywhere mt-1 block text-[13px] text-muted md:hidden">
          {describeDetails(details)}
        </span>
      </>
    ),
  },
  {
    name: "Details",
    from: "md",
    className: "wrap-anywhere max-w-md text-muted",
    cell: ({ details }) => describeDetails(details),
  },
  {
    name: "By",
    from: "lg",
    cell: ({ actor }) => (
      <>
        <span className="capitalize">{actor.type.replaceAll("_", " ")}</span>
        {actor.id && <code className="block text-[13px] text-muted">{actor.id}</code>}
      </>
    ),
  },
  {
    name: "When",
    className: "whitespace-nowrap",
    cell: ({ created_at }) => <RelativeTime iso={created_at} />,
  },
];

type Details = Readonly<Record<string, string | number | boolean | null>>;

/** An entry's details in one line, "plan plus · monthly tokens 7,000,000"; empty ones are left out. */
function describeDetails(details: Details): string {
  return Object.entries(details)
    .filter(([, value]) => value !== null && value !== "")
    .map(([name, value]) => `${name.replaceAll("_", " ")} ${formatDetail(value)}`)
    .join(" · ");
}

function formatDetail(value: Details[string] | undefined): string {
  if (typeof value === "number") return value.toLocaleString("en-US");
  if (typeof value === "boolean") return value ? "yes" : "no";
  return String(value);
}
