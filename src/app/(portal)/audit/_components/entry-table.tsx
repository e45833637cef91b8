import { type Column, ListTable } from "@/components/data/list-table";
import { RelativeTime } from "@/components/format/relative-time";
import { Badge } from "@/components/ui/badge";
import { summaryOf } from "../_lib/details";
import { type Entry, targetNames } from "../_lib/types";

type NameOf = (id: string) => string | undefined;

interface EntryTableProps {
  entries: readonly Entry[];
  /** The rows of the previous filters, while the new ones load. */
  stale: boolean;
  nameOf: NameOf;
  onOpen: (id: string) => void;
}

export function EntryTable({ entries, stale, nameOf, onOpen }: EntryTableProps) {
  const columns: Column<Entry>[] = [
    {
      name: "Action",
      cell: (entry) => (
        <>
          <span className="flex flex-wrap items-center gap-2">
            {/* The button covers its row: a click anywhere opens the entry. */}
            <button
              type="button"
              className="text-left after:absolute after:inset-0"
              onClick={() => onOpen(entry.id)}
            >
              <code className="wrap-anywhere font-medium text-[13px]">{entry.action}</code>
              <span className="sr-only">, entry {entry.sequence}</span>
            </button>
            {entry.outcome === "failed" && <Badge tone="danger">Failed</Badge>}
          </span>
          <span className="mt-0.5 block text-[13px] text-muted md:hidden">{actorName(entry, nameOf)}</span>
          <span className="mt-0.5 hidden max-w-md truncate text-[13px] text-muted lg:block">
            {summaryOf(entry.details)}
          </span>
        </>
      ),
    },
    {
      name: "By",
      from: "md",
      className: "wrap-anywhere min-w-40",
      cell: (entry) => actorName(entry, nameOf),
    },
    {
      name: "Resource",
      from: "lg",
      className: "wrap-anywhere text-muted",
      cell: ({ target }) =>
        target === null ? "–" : `${targetNames[target.type]}${named(nameOf(target.id))}`,
    },
    {
      name: "When",
      kind: "number",
      className: "whitespace-nowrap",
      cell: ({ created_at }) => <RelativeTime iso={created_at} className="relative text-muted" />,
    },
  ];
  return (
    <ListTable
      caption="Audit log, newest first"
      columns={columns}
      rows={entries}
      rowKey={({ id }) => id}
      rowProps={() => ({ className: "relative hover:bg-sunken/60 has-focus-visible:bg-sunken/60" })}
      aria-busy={stale}
      className={stale ? "opacity-60" : undefined}
    />
  );
}

const named = (name: string | undefined) => (name === undefined ? "" : ` ${name}`);

const actorNames: Record<Entry["actor"]["type"], string> = {
  user: "Person",
  key: "API key",
  service_account: "Service account",
  system: "AgathaAI",
  operator: "AgathaAI operator",
  anonymous: "Not signed in",
};

/** Their name, or what they are where it isn't known. */
export function actorName({ actor }: Pick<Entry, "actor">, nameOf: NameOf): string {
  return (actor.id !== null && nameOf(actor.id)) || actorNames[actor.type];
}
