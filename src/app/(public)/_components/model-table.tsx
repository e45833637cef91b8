import type { ModelView } from "@agathaai/core/models";
import { connection } from "next/server";
import { type Column, ListTable } from "@/components/data/list-table";
import { providerName } from "@/components/format/provider";
import { Badge } from "@/components/ui/badge";
import { getPublicModels } from "@/server/public-pages";
import { formatCompact } from "@/shared/format/count";
import { formatMoney } from "@/shared/format/money";

type OffPeak = NonNullable<ModelView["off_peak"]>;

/** Context and price of every model in the catalogue. */
export async function ModelTable() {
  await connection();
  const { data } = await getPublicModels();
  const models = [
    ...data.filter(({ deprecated }) => !deprecated),
    ...data.filter(({ deprecated }) => deprecated),
  ];
  return (
    <ListTable
      caption="Models with their context window and prices per million tokens"
      columns={columns}
      rows={models}
      rowKey={({ id }) => id}
    />
  );
}

const columns: Column<ModelView>[] = [
  {
    name: "Model",
    cell: (model) => (
      <>
        <code className="text-[13px]">{model.id}</code>
        <ModelStatus model={model} />
        {model.off_peak !== null && !model.deprecated && (
          <span className="block text-[13px] text-muted">{offPeakNote(model.off_peak)}</span>
        )}
        <span className="block text-[13px] text-muted md:hidden">{providerName(model.provider)}</span>
      </>
    ),
  },
  { name: "Provider", from: "md", cell: ({ provider }) => providerName(provider) },
  {
    name: "Context",
    kind: "number",
    from: "sm",
    cell: ({ context_window }) => formatCompact(context_window),
  },
  { name: "Input", kind: "number", cell: (model) => formatMoney(model.input_price_per_million_micros) },
  {
    name: "Cached input",
    kind: "number",
    from: "md",
    cell: (model) => formatMoney(model.cached_input_price_per_million_micros),
  },
  {
    name: "Output",
    kind: "number",
    // An embedding model writes nothing: a price of zero would read as free answers.
    cell: ({ kind, output_price_per_million_micros }) =>
      kind === "embedding" ? (
        <span className="text-muted">–</span>
      ) : (
        formatMoney(output_price_per_million_micros)
      ),
  },
];

function offPeakNote({
  input_price_per_million_micros,
  output_price_per_million_micros,
  peak_hours,
}: OffPeak) {
  const [input, output] = [input_price_per_million_micros, output_price_per_million_micros].map(formatMoney);
  return `${input} and ${output} off-peak: outside ${peak_hours.join(" and ").replaceAll("-", "–")} UTC, Monday to Friday`;
}

/** Marks a model that is turned off, retires soon, or is retired and answered by its successor. */
function ModelStatus({ model: { available, deprecated, served_by, id, notice } }: { model: ModelView }) {
  if (!available) {
    return (
      <Badge tone="attention" className="ml-2" title={notice ?? undefined}>
        turned off
      </Badge>
    );
  }
  if (!deprecated) return null;
  return (
    <Badge className="ml-2 hidden sm:inline-flex" title={notice ?? undefined}>
      {served_by === id ? "retires soon" : `answered by ${served_by}`}
    </Badge>
  );
}
