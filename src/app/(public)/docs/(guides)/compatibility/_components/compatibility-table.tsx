import { ListTable } from "@/components/data/list-table";
import { providerName } from "@/components/format/provider";
import { Badge, type BadgeTone } from "@/components/ui/badge";
import type { Cell, CompatibilityRow } from "@/server/gateway/compatibility/compatibility";
import { providerIds } from "@/shared/providers";

const verdicts: Record<Cell["verdict"], { tone: BadgeTone; label: string }> = {
  kept: { tone: "good", label: "Kept" },
  adapted: { tone: "accent", label: "Adapted" },
  some: { tone: "accent", label: "Some models" },
  not_sent: { tone: "neutral", label: "Not sent" },
  refused: { tone: "attention", label: "Refused" },
};

/** What each provider does with each field, as the checks themselves answer. */
export function CompatibilityTable({ caption, rows }: { caption: string; rows: CompatibilityRow[] }) {
  const providers = providerIds.filter((id) => rows.some(({ cells }) => cells[id] !== undefined));
  return (
    <ListTable
      caption={caption}
      className="[&_tbody_:is(td,th)]:align-top"
      columns={[
        {
          name: "Field",
          kind: "heading",
          className: "min-w-40",
          cell: ({ fields, about }) => (
            <>
              {fields.map((field) => (
                <code key={field} className="block break-words text-[13px]">
                  {field}
                </code>
              ))}
              {about && <span className="block text-[13px] text-muted">{about}</span>}
            </>
          ),
        },
        ...providers.map((id) => ({
          name: providerName(id),
          className: "min-w-36",
          cell: ({ cells }: CompatibilityRow) => {
            const cell = cells[id];
            return cell && <CellView cell={cell} />;
          },
        })),
      ]}
      rows={rows}
      rowKey={({ fields, about }) => `${fields.join()} ${about ?? ""}`}
    />
  );
}

function CellView({ cell: { verdict, note, models } }: { cell: Cell }) {
  const { tone, label } = verdicts[verdict];
  return (
    <>
      <Badge tone={tone}>{label}</Badge>
      {models && <span className="mt-1 block text-[13px] text-muted">{models.join(", ")}</span>}
      {note && <span className="mt-1 block text-[13px] text-muted">{note}.</span>}
    </>
  );
}
