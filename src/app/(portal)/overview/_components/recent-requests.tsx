"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { RelativeTime } from "@/components/format/relative-time";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { Card, CardHeader, CardTitle } from "@/components/ui/card";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { formatTokens } from "@/shared/format/count";
import { formatMoney } from "@/shared/format/money";
import { readFailure } from "../../../_client/failure";
import { FailureNotice } from "../../../_client/failure-notice";
import { type Outputs, useTRPC } from "../../../_client/trpc";
import { isLive, StatusBadge } from "../../_components/request-status";

const SHOWN = 5;
const BUSY_POLL_MS = 2_000;
const QUIET_POLL_MS = 30_000;
const FORBIDDEN = 403;

/** The newest five of both environments. `live`: the first request is awaited, so poll often. */
export function RecentRequests({ live }: { live: boolean }) {
  const trpc = useTRPC();
  const list = useQuery(
    trpc.history.list.queryOptions(
      { limit: SHOWN, environment: "all" },
      {
        refetchInterval: ({ state }) => {
          if (state.error) return false;
          const busy = state.data?.data.some(({ status }) => isLive(status)) ?? false;
          return busy || live ? BUSY_POLL_MS : QUIET_POLL_MS;
        },
      },
    ),
  );
  // Billing members cannot read requests.
  if (list.isError && readFailure(list.error).status === FORBIDDEN) return null;
  const requests = list.data?.data ?? [];
  return (
    <Card className="min-w-0">
      <CardHeader>
        <CardTitle>Recent requests</CardTitle>
        {requests.length > 0 && (
          <Button asChild variant="link" size="inline" className="text-[13px]">
            <Link href="/requests">View all</Link>
          </Button>
        )}
      </CardHeader>
      {list.isPending && <RecentSkeleton rows={SHOWN} />}
      {list.isError && !list.data && <FailureNotice error={list.error} className="m-4" />}
      {list.isSuccess && requests.length === 0 && (
        <p className="p-4 text-muted">
          No requests yet. Each one appears here with its status, tokens and cost.
        </p>
      )}
      <ul className="divide-y">
        {requests.map((request) => (
          <RecentRow key={request.id} request={request} />
        ))}
      </ul>
    </Card>
  );
}

function RecentRow({ request }: { request: Outputs["history"]["list"]["data"][number] }) {
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

function RecentSkeleton({ rows }: { rows: number }) {
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
