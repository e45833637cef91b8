import type { ProviderHealth } from "@agathaai/core/usage";
import { providerName } from "@/components/format/provider";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { formatDuration } from "@/shared/time";

const percent = (share: number) =>
  share.toLocaleString("en-US", { style: "percent", maximumFractionDigits: 1 });

/** How each provider served live requests in the last hour, across all organizations; each organization counts once. */
export function ProviderTable({ providers }: { providers: ProviderHealth[] | null }) {
  return (
    <section aria-labelledby="providers" className="mt-12">
      <h2 id="providers" className="mb-3 font-semibold text-lg tracking-tight">
        Providers, last hour
      </h2>
      {providers === null && <p className="text-muted">These figures aren’t available right now.</p>}
      {providers?.length === 0 && <p className="text-muted">No live requests in the last hour.</p>}
      {providers !== null && providers.length > 0 && (
        <Table>
          <caption className="sr-only">Completed requests and median time by provider</caption>
          <TableHead>
            <tr>
              <TableHeader>Provider</TableHeader>
              <TableHeader className="text-right">Completed</TableHeader>
              <TableHeader className="text-right">Median time</TableHeader>
            </tr>
          </TableHead>
          <TableBody>
            {providers.map(({ provider, completedShare, medianMs }) => (
              <TableRow key={provider}>
                <TableCell className="font-medium">{providerName(provider)}</TableCell>
                <TableCell className="text-right tabular-nums">{percent(completedShare)}</TableCell>
                <TableCell className="text-right tabular-nums">
                  {medianMs === null ? "–" : formatDuration(medianMs)}
                </TableCell>
              </TableRow>
            ))}
          </TableBody>
        </Table>
      )}
    </section>
  );
}
