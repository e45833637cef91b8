import Link from "next/link";
import { RelativeTime } from "@/components/format/relative-time";
import { Badge } from "@/components/ui/badge";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { formatTokens } from "@/shared/count";
import { formatMoney } from "@/shared/money";
import type { Outputs } from "../../../_client/trpc";
import { StatusBadge } from "../../requests/_components/request-status";

type Item = Outputs["history"]["list"]["data"][number];

export function RecentRow({ request }: { request: Item }) {
  const { id, model, status, environment, usage, cost_micros, created_at } = request;
  return (
    <li className="relative flex min-h-16 items-center justify-between gap-3 px-4 py-2.5 hover:bg-sunken/60">
      <span className="min-w-0">
        <span className="flex flex-wrap items-center gap-2">
          <Link href={`/requests/${id}`} className="truncate font-medium after:absolute after:inset-0">
            {model}
            <span className="sr-only">, request {id}</span>
          </Link>
          {environment === "test" && <Badge tone="outline">test</Badge>}
        </span>
        <span className="num mt-0.5 block text-[13px] text-muted">
          <RelativeTime iso={created_at} />
          {usage && <span className="hidden sm:inline"> · {formatTokens(usage.total_tokens)}</span>}
          {cost_micros !== null && ` · ${formatMoney(cost_micros)}`}
        </span>
      </span>
      <StatusBadge status={status} />
    </li>
  );
}

export function RecentSkeleton({ rows }: { rows: number }) {
  return (
    <Loading label="Loading recent requests" className="divide-y">
      {Array.from({ length: rows }, (_, row) => row).map((row) => (
        <div key={row} className="flex min-h-16 items-center justify-between gap-3 px-4">
          <span className="grid gap-2">
            <Skeleton className="w-32" />
            <Skeleton className="w-48" />
          </span>
          <Skeleton className="w-24" />
        </div>
      ))}
    </Loading>
  );
}
