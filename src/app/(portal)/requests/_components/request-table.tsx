import { Trash2 } from "lucide-react";
import Link from "next/link";
import { type Column, ListTable } from "@/components/data/list-table";
import { RelativeTime } from "@/components/format/relative-time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { endpointNames } from "@/shared/endpoints";
import { formatCount } from "@/shared/format/count";
import { formatMoney } from "@/shared/format/money";
import { formatDuration } from "@/shared/format/time";
import { isLive, StatusBadge } from "../../_components/request-status";
import type { RequestItem } from "../_lib/types";

const nothing = <span className="text-muted">–</span>;

interface RequestTableProps {
  requests: RequestItem[];
  /** The rows of the previous filters, while the new ones load. */
  stale: boolean;
  onDelete: (id: string) => void;
}

export function RequestTable({ requests, stale, onDelete }: RequestTableProps) {
  const columns: Column<RequestItem>[] = [
    { name: "Request", cell: (request) => <RequestCell request={request} /> },
    { name: "Status", cell: ({ status }) => <StatusBadge status={status} /> },
    {
      name: "Endpoint",
      from: "lg",
      className: "text-muted",
      cell: ({ endpoint }) => endpointNames[endpoint],
    },
    {
      name: "Tokens",
      kind: "number",
      from: "md",
      cell: ({ usage }) => (usage ? formatCount(usage.total_tokens) : nothing),
    },
    {
      name: "Cost",
      kind: "number",
      from: "sm",
      cell: ({ cost_micros }) => (cost_micros === null ? nothing : formatMoney(cost_micros)),
    },
    {
      name: "Time",
      kind: "number",
      from: "md",
      className: "whitespace-nowrap",
      cell: ({ latency_ms }) => (latency_ms === null ? nothing : formatDuration(latency_ms)),
    },
    {
      name: "Sent",
      kind: "number",
      from: "sm",
      className: "whitespace-nowrap",
      cell: ({ created_at }) => <RelativeTime iso={created_at} className="relative text-muted" />,
    },
    {
      name: "Actions",
      kind: "actions",
      from: "sm",
      className: "py-1 pl-0",
      cell: ({ id, status, stored }) =>
        stored && !isLive(status) && <DeleteButton id={id} onDelete={onDelete} />,
    },
  ];
  return (
    <ListTable
      caption="Requests, newest first"
      columns={columns}
      rows={requests}
      rowKey={({ id }) => id}
      rowProps={() => ({ className: "relative hover:bg-sunken/60 has-focus-visible:bg-sunken/60" })}
      aria-busy={stale}
      className={stale ? "opacity-60" : undefined}
    />
  );
}

function RequestCell({
  request: { id, model, environment, created_at, cost_micros, metadata },
}: {
  request: RequestItem;
}) {
  return (
    <>
      <span className="flex flex-wrap items-center gap-2">
        {/* The link covers its row: a click anywhere opens the request. */}
        <Link href={`/requests/${id}`} className="font-medium after:absolute after:inset-0">
          {model}
          <span className="sr-only">, request {id}</span>
        </Link>
        {environment === "test" && <Badge tone="outline">test</Badge>}
      </span>
      <code className="mt-0.5 hidden text-muted text-xs sm:block">{id}</code>
      <Metadata entries={Object.entries(metadata)} />
      <span className="num text-[13px] text-muted sm:hidden">
        <RelativeTime iso={created_at} />
        {cost_micros !== null && ` · ${formatMoney(cost_micros)}`}
      </span>
    </>
  );
}

function DeleteButton({ id, onDelete }: { id: string; onDelete: (id: string) => void }) {
  return (
    <Button
      variant="ghost"
      size="icon-sm"
      className="relative text-muted hover:text-danger"
      aria-label={`Delete request ${id}`}
      title="Delete"
      onClick={() => onDelete(id)}
    >
      <Trash2 aria-hidden="true" />
    </Button>
  );
}

const METADATA_SHOWN = 3;

/** The first few metadata entries. */
function Metadata({ entries }: { entries: [string, string][] }) {
  if (entries.length === 0) return null;
  const more = entries.length - METADATA_SHOWN;
  return (
    <span className="mt-1 hidden max-w-md truncate text-muted text-xs sm:block">
      {entries
        .slice(0, METADATA_SHOWN)
        .map(([name, value]) => `${name}=${value}`)
        .join(" · ")}
      {more > 0 && ` · ${more} more`}
    </span>
  );
}
