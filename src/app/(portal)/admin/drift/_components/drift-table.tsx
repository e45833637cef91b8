import { type Column, ListTable } from "@/components/data/list-table";
import { Badge } from "@/components/ui/badge";
import { formatCount } from "@/shared/format/count";
import { formatMoney } from "@/shared/format/money";
import type { Outputs } from "../../../../_client/trpc";

type Line = NonNullable<Outputs["operators"]["usageDrift"]["shown"]>["lines"][number];

const classNames: Record<Line["class"], string> = {
  input: "Input",
  cached_input: "Cached input",
  cache_write: "Cache writes",
  output: "Output",
  cost: "Cost",
};

const amount = (line: Line, value: number) =>
  line.class === "cost" ? formatMoney(value) : formatCount(value);

const percent = new Intl.NumberFormat("en-US", {
  style: "percent",
  maximumFractionDigits: 1,
  signDisplay: "exceptZero",
});

const columns: Column<Line>[] = [
  {
    name: "Model",
    kind: "heading",
    className: "max-w-56",
    cell: (line) => (
      <>
        <code className="block truncate text-[13px]">{line.model}</code>
        <span className="block text-[13px] text-muted">
          {classNames[line.class]}
          {line.service_tier !== "all" && line.service_tier !== "default" && `, ${line.service_tier}`}
        </span>
      </>
    ),
  },
  {
    name: "Difference",
    kind: "number",
    cell: (line) => (line.differs ? <Badge tone="attention">{percent.format(line.drift)}</Badge> : "none"),
  },
  { name: "Ledger", kind: "number", cell: (line) => amount(line, line.ledger) },
  { name: "OpenAI", kind: "number", cell: (line) => amount(line, line.counted) },
  {
    name: "Estimated",
    kind: "number",
    from: "md",
    cell: (line) => (line.estimated === 0 ? "–" : amount(line, line.estimated)),
  },
];

/** Estimated calls stand beside the ledger's sum: OpenAI counted them too, and nobody here knows how. */
export function DriftTable({ lines }: { lines: readonly Line[] }) {
  return (
    <ListTable
      caption="The ledger and what OpenAI counted, largest difference first"
      columns={columns}
      rows={lines}
      rowKey={(line) => `${line.model} ${line.service_tier} ${line.class}`}
    />
  );
}
