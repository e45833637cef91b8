"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { Button } from "@/components/ui/button";
import { Card, CardHeader, CardTitle } from "@/components/ui/card";
import { readFailure } from "../../../_client/failure";
import { FailureNotice } from "../../../_client/failure-notice";
import { useTRPC } from "../../../_client/trpc";
import { isLive } from "../../requests/_components/request-status";
import { RecentRow, RecentSkeleton } from "./recent-row";

const SHOWN = 5;
const BUSY_POLL_MS = 2_000;
const QUIET_POLL_MS = 30_000;
const FORBIDDEN = 403;

/** The newest five of any environment. `live`: look often, the first one is awaited. */
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
  // Who only pays does not read requests: their overview ends here.
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
