import Link from "next/link";
import { RelativeTime } from "@/components/format/relative-time";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { Outputs } from "../../../_client/trpc";

type Entry = Outputs["audit"]["list"]["data"][number] & { organization_id?: string | null };

export function AuditEntryTable({ entries, label }: { entries: readonly Entry[]; label: string }) {
  return (
    <Table>
      <caption className="sr-only">{label}, newest first</caption>
      <TableHead>
        <tr>
          <TableHeader>Action</TableHeader>
          <TableHeader className="hidden md:table-cell">Details</TableHeader>
          <TableHeader className="hidden lg:table-cell">By</TableHeader>
          <TableHeader>When</TableHeader>
        </tr>
      </TableHead>
      <TableBody>
        {entries.map((entry) => (
          <TableRow key={entry.id}>
            <TableCell className="align-top">
              <code className="wrap-anywhere text-[13px]">{entry.action}</code>
              {entry.organization_id && (
                <Link
                  href={`/admin/organizations/${entry.organization_id}`}
                  className="mt-0.5 block break-all text-[13px] text-accent underline underline-offset-4"
                >
                  {entry.organization_id}
                </Link>
              )}
              <span className="wrap-anywhere mt-1 block text-[13px] text-muted md:hidden">
                {describeDetails(entry.details)}
              </span>
            </TableCell>
            <TableCell className="wrap-anywhere hidden max-w-md align-top text-muted md:table-cell">
              {describeDetails(entry.details)}
            </TableCell>
            <TableCell className="hidden align-top lg:table-cell">
              <span className="capitalize">{entry.actor.type}</span>
              {entry.actor.id && <code className="block text-[13px] text-muted">{entry.actor.id}</code>}
            </TableCell>
            <TableCell className="whitespace-nowrap align-top">
              <RelativeTime iso={entry.created_at} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

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
