import { RelativeTime } from "@/components/format/relative-time";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import type { Organization } from "../_lib/organization";

export function OverrideHistory({ overrides }: { overrides: Organization["past_overrides"] }) {
  return (
    <section aria-labelledby="past-overrides">
      <h2 id="past-overrides" className="mb-3 font-semibold text-base">
        Earlier overrides
      </h2>
      <Table>
        <caption className="sr-only">Overrides that have ended, newest first</caption>
        <TableHead>
          <tr>
            <TableHeader>Plan</TableHeader>
            <TableHeader>Reason</TableHeader>
            <TableHeader className="hidden sm:table-cell">Created</TableHeader>
            <TableHeader>Ended</TableHeader>
          </tr>
        </TableHead>
        <TableBody>
          {overrides.map(({ id, plan, reason, created_at, ended_at, by }) => (
            <TableRow key={id}>
              <TableCell className="capitalize">{plan}</TableCell>
              <TableCell className="min-w-40">{reason}</TableCell>
              <TableCell className="hidden sm:table-cell">
                <RelativeTime iso={created_at} />
                {by && ` by ${by}`}
              </TableCell>
              <TableCell>{ended_at && <RelativeTime iso={ended_at} />}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </section>
  );
}
