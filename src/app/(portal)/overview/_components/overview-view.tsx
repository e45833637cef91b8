"use client";

import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "../../../_client/trpc";
import { PageHeader } from "../../_components/page-header";
import { RetryNotice } from "../../_components/query-states";
import { Alerts } from "./alerts";
import { Figures } from "./figures";
import { FirstSteps } from "./first-steps";
import { OverviewSkeleton } from "./overview-skeleton";
import { QuickStart } from "./quick-start";
import { QuotaCard } from "./quota-card";
import { RecentRequests } from "./recent-requests";

/** Until the first request completes, somebody may be sending it from a terminal right now. */
const WAITING_POLL_MS = 2_500;
const CALM_POLL_MS = 30_000;

export function OverviewView({ baseUrl, model }: { baseUrl: string; model: string }) {
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
      <PageHeader title="Overview">Your organization's live usage this month. Times are UTC.</PageHeader>
      {overview.isPending && <OverviewSkeleton />}
      {overview.isError && (
        <RetryNotice query={overview} title="Couldn't load the overview" className="mb-4" />
      )}
      {data && (
        <div className="grid gap-4">
          <Alerts overview={data} />
          <FirstSteps steps={data.onboarding} />
          <div className="grid gap-4 lg:grid-cols-[minmax(0,25rem)_minmax(0,1fr)]">
            <QuotaCard overview={data} />
            <Figures overview={data} />
          </div>
          <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_minmax(0,25rem)]">
            <RecentRequests live={!data.onboarding.call_completed} />
            <QuickStart baseUrl={baseUrl} model={model} keyMade={data.onboarding.key_made} />
          </div>
        </div>
      )}
    </>
  );
}
