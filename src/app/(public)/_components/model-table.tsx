import type { ModelView } from "@agathaai/core/models";
import { connection } from "next/server";
import { providerName } from "@/components/format/provider";
import { Badge } from "@/components/ui/badge";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { getPublicModels } from "@/server/public-pages";
import { formatCompact } from "@/shared/count";
import { formatMoney } from "@/shared/money";

/** Context and price of every model in the catalogue. */
export async function ModelTable() {
  await connection();
  const { data } = await getPublicModels();
  const models = [
    ...data.filter(({ deprecated }) => !deprecated),
    ...data.filter(({ deprecated }) => deprecated),
  ];
  return (
    <Table>
      <caption className="sr-only">Models with their context window and prices per million tokens</caption>
      <TableHead>
        <tr>
          <TableHeader>Model</TableHeader>
          <TableHeader className="hidden md:table-cell">Provider</TableHeader>
          <TableHeader className="hidden text-right sm:table-cell">Context</TableHeader>
          <TableHeader className="text-right">Input</TableHeader>
          <TableHeader className="hidden text-right md:table-cell">Cached input</TableHeader>
          <TableHeader className="text-right">Output</TableHeader>
        </tr>
      </TableHead>
      <TableBody>
        {models.map((model) => (
          <TableRow key={model.id}>
            <TableCell>
              <code className="text-[13px]">{model.id}</code>
              <ModelStatus model={model} />
              <span className="block text-[13px] text-muted md:hidden">{providerName(model.provider)}</span>
            </TableCell>
            <TableCell className="hidden md:table-cell">{providerName(model.provider)}</TableCell>
            <TableCell className="hidden text-right sm:table-cell">
              {formatCompact(model.context_window)}
            </TableCell>
            <TableCell className="text-right">{formatMoney(model.input_price_per_million_micros)}</TableCell>
            <TableCell className="hidden text-right md:table-cell">
              {formatMoney(model.cached_input_price_per_million_micros)}
            </TableCell>
            <TableCell className="text-right">{formatMoney(model.output_price_per_million_micros)}</TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
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
