"use client";

import { useQuery } from "@tanstack/react-query";
import type { CodeSample } from "@/components/ui/code/code-tabs";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { useTRPC } from "../../../_client/trpc";
import { PageHeader } from "../../_components/page-header";
import { RetryNotice } from "../../_components/query-states";
import { Alerts } from "./alerts";
import { Figures } from "./figures";
import { FirstSteps } from "./first-steps";
import { QuickStart } from "./quick-start";
import { QuotaCard } from "./quota-card";
import { RecentRequests } from "./recent-requests";

/** Until the first request completes, somebody may be sending it from a terminal right now. */
const WAITING_POLL_MS = 2_500;
const CALM_POLL_MS = 30_000;

export function OverviewView({ samples }: { samples: CodeSample[] }) {
  const trpc = useTRPC();
  const overview = useQuery(
    trpc.overview.get.queryOptions(
      { environment: "live" },
      {
        refetchOnWindowFocus: "always",
        refetchInterval: ({ state }) =>
          state.data?.onboarding.call_completed === false ? WAITING_POLL_MS : CALM_POLL_MS,
      },
    ),
  );
  const { data } = overview;

  return (
    <>
      <PageHeader title="Overview">Your organization’s live usage this month. Times are UTC.</PageHeader>
      {overview.isPending && <OverviewSkeleton />}
      {overview.isError && (
        <RetryNotice query={overview} title="Couldn’t load the overview" className="mb-4" />
      )}
      {data && (
        <div className="grid gap-4">
          <Alerts overview={data} />
          <FirstSteps steps={data.onboarding} />
          <div className="grid gap-4 lg:grid-cols-[minmax(0,25rem)_minmax(0,1fr)]">
            <QuotaCard overview={data} />
            <Figures overview={data} />
          </div>
          <div className="grid items-start gap-4 lg:grid-cols-2 xl:grid-cols-[minmax(0,1fr)_minmax(0,35rem)]">
            <RecentRequests live={!data.onboarding.call_completed} />
            <QuickStart samples={samples} keyMade={data.onboarding.key_made} />
          </div>
        </div>
      )}
    </>
  );
}

/** As high as the loaded page, so that nothing shifts. */
function OverviewSkeleton() {
  return (
    <Loading label="Loading the overview" className="grid gap-4">
      <div className="grid gap-4 lg:grid-cols-[minmax(0,25rem)_minmax(0,1fr)]">
        <div className="rounded-lg border bg-surface">
          <div className="flex h-12 items-center border-b px-4">
            <Skeleton className="w-32" />
          </div>
          <div className="flex items-center gap-5 p-5">
            <Skeleton className="size-28 shrink-0 rounded-full sm:size-36" />
            <div className="grid flex-1 gap-3">
              <Skeleton className="h-7 w-28" />
              <Skeleton className="w-20" />
              <Skeleton className="h-8" />
            </div>
          </div>
        </div>
        <div className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border bg-line">
          {[0, 1, 2, 3].map((figure) => (
            <div key={figure} className="grid content-between gap-3 bg-surface p-4">
              <Skeleton className="h-3.5 w-24" />
              <Skeleton className="h-7 w-20" />
              <Skeleton className="h-7 w-28 max-w-full" />
            </div>
          ))}
        </div>
      </div>
      <div className="grid gap-4 lg:grid-cols-2 xl:grid-cols-[minmax(0,1fr)_minmax(0,35rem)]">
        <Skeleton className="h-96 rounded-lg" />
        <Skeleton className="h-96 rounded-lg" />
      </div>
    </Loading>
  );
}
