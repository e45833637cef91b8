import { Trash2 } from "lucide-react";
import Link from "next/link";
import { RelativeTime } from "@/components/format/relative-time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from "@/components/ui/table";
import { formatCount } from "@/shared/count";
import { formatMoney } from "@/shared/money";
import { formatDuration } from "@/shared/time";
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
  return (
    <Table aria-busy={stale} className={stale ? "opacity-60" : undefined}>
      <caption className="sr-only">Requests, newest first</caption>
      <TableHead>
        <tr>
          <TableHeader>Request</TableHeader>
          <TableHeader>Status</TableHeader>
          <TableHeader className="hidden text-right md:table-cell">Tokens</TableHeader>
          <TableHeader className="hidden text-right sm:table-cell">Cost</TableHeader>
          <TableHeader className="hidden text-right md:table-cell">Time</TableHeader>
          <TableHeader className="hidden text-right sm:table-cell">Sent</TableHeader>
          <TableHeader className="hidden sm:table-cell">
            <span className="sr-only">Actions</span>
          </TableHeader>
        </tr>
      </TableHead>
      <TableBody>
        {requests.map((request) => (
          <RequestRow key={request.id} request={request} onDelete={onDelete} />
        ))}
      </TableBody>
    </Table>
  );
}

function RequestRow({ request, onDelete }: { request: RequestItem; onDelete: (id: string) => void }) {
  const { id, model, status, environment, usage, cost_micros, latency_ms, created_at, metadata } = request;
  return (
    <TableRow className="relative hover:bg-sunken/60 has-focus-visible:bg-sunken/60">
      <TableCell>
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
        <RelativeTime iso={created_at} className="text-[13px] text-muted sm:hidden" />
      </TableCell>
      <TableCell>
        <StatusBadge status={status} />
      </TableCell>
      <TableCell className="num hidden text-right md:table-cell">
        {usage ? formatCount(usage.total_tokens) : nothing}
      </TableCell>
      <TableCell className="num hidden text-right sm:table-cell">
        {cost_micros === null ? nothing : formatMoney(cost_micros)}
      </TableCell>
      <TableCell className="num hidden whitespace-nowrap text-right md:table-cell">
        {latency_ms === null ? nothing : formatDuration(latency_ms)}
      </TableCell>
      <TableCell className="hidden whitespace-nowrap text-right sm:table-cell">
        <RelativeTime iso={created_at} className="relative text-muted" />
      </TableCell>
      <TableCell className="hidden w-px py-1 pl-0 sm:table-cell">
        {!isLive(status) && (
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
        )}
      </TableCell>
    </TableRow>
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

export function RequestTableSkeleton() {
  return (
    <Loading label="Loading your requests" className="grid gap-px overflow-hidden rounded-lg border bg-line">
      {[0, 1, 2, 3, 4].map((row) => (
        <div key={row} className="flex items-center justify-between gap-4 bg-surface p-4">
          <span className="grid gap-2">
            <Skeleton className="w-32" />
            <Skeleton className="w-52" />
          </span>
          <Skeleton className="w-24" />
        </div>
      ))}
    </Loading>
  );
}
