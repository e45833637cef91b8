import Link from "next/link";
import { RelativeTime } from "@/components/format/relative-time";
import { Badge } from "@/components/ui/badge";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { formatCount } from "@/shared/count";
import type { Outputs } from "../../../_client/trpc";

type Organization = Outputs["operators"]["organizations"]["data"][number];

export function OrganizationTable({ organizations }: { organizations: readonly Organization[] }) {
  return (
    <Table>
      <caption className="sr-only">Organizations, newest first</caption>
      <TableHead>
        <tr>
          <TableHeader>Organization</TableHeader>
          <TableHeader>Plan</TableHeader>
          <TableHeader className="hidden text-right lg:table-cell">Members</TableHeader>
          <TableHeader className="hidden text-right md:table-cell">Tokens this month</TableHeader>
          <TableHeader className="hidden text-right md:table-cell">Requests, 30 days</TableHeader>
          <TableHeader className="hidden sm:table-cell">Created</TableHeader>
        </tr>
      </TableHead>
      <TableBody>
        {organizations.map((organization) => (
          <TableRow key={organization.id}>
            <TableCell className="max-w-64">
              <Link
                href={`/admin/organizations/${organization.id}`}
                className="block truncate font-medium underline-offset-4 hover:underline"
              >
                {organization.name}
              </Link>
              <code className="block truncate text-[13px] text-muted">{organization.id}</code>
            </TableCell>
            <TableCell>
              <span className="flex flex-wrap items-center gap-1.5">
                <Badge className="capitalize">{organization.plan}</Badge>
                {organization.agreed && <Badge tone="accent">by agreement</Badge>}
                {organization.status !== "active" && (
                  <Badge tone="attention">{organization.status.replaceAll("_", " ")}</Badge>
                )}
              </span>
            </TableCell>
            <TableCell className="num hidden text-right lg:table-cell">
              {formatCount(organization.members)}
            </TableCell>
            <TableCell className="num hidden text-right md:table-cell">
              {formatCount(organization.tokens_this_month)}
            </TableCell>
            <TableCell className="num hidden text-right md:table-cell">
              {formatCount(organization.requests_30_days)}
            </TableCell>
            <TableCell className="hidden whitespace-nowrap sm:table-cell">
              <RelativeTime iso={organization.created_at} />
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}
