import type { ProviderHealth } from "@agathaai/core/usage";
import { type Column, ListTable } from "@/components/data/list-table";
import { providerName } from "@/components/format/provider";
import { formatDuration } from "@/shared/format/time";

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
        <ListTable
          caption="Completed requests and median time by provider"
          columns={columns}
          rows={providers}
          rowKey={({ provider }) => provider}
        />
      )}
    </section>
  );
}

const columns: Column<ProviderHealth>[] = [
  { name: "Provider", className: "font-medium", cell: ({ provider }) => providerName(provider) },
  { name: "Completed", kind: "number", cell: ({ completedShare }) => percent(completedShare) },
  {
    name: "Median time",
    kind: "number",
    cell: ({ medianMs }) => (medianMs === null ? "–" : formatDuration(medianMs)),
  },
];
