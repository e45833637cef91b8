"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { useTRPC } from "../../../_client/trpc";
import { PageHeader } from "../../_components/page-header";
import { RetryNotice } from "../../_components/query-states";
import { UrlState } from "../../_components/url-state";
import { formatPeriod, lowerFirst, previousNames } from "../_lib/labels";
import { cutOf, previousOf } from "../_lib/period";
import { toUsageInput, type UsageSearch, usageUrlOrder, useUsageSearch } from "../_lib/usage-search";
import { Breakdown } from "./breakdown";
import { FilterChips } from "./filter-chips";
import { RangePicker } from "./range-picker";
import { TokenClasses } from "./token-classes";
import { Totals } from "./totals";
import { UsageCard } from "./usage-card";

const FRESH_MS = 30_000;
const REFRESH_MS = 60_000;

export function UsageView() {
  return (
    <UrlState order={usageUrlOrder}>
      <UsageReport />
    </UrlState>
  );
}

function UsageReport() {
  const trpc = useTRPC();
  const [search, change] = useUsageSearch();
  const cut = cutOf(search, new Date());
  const before = previousOf(cut.period, cut.interval, search.range === "month");

  const shared = { staleTime: FRESH_MS, placeholderData: keepPreviousData } as const;
  const report = useQuery(
    trpc.usage.get.queryOptions(toUsageInput(search, cut), { ...shared, refetchInterval: REFRESH_MS }),
  );
  const previous = useQuery(
    trpc.usage.get.queryOptions(toUsageInput({ ...search, group: null }, { ...cut, period: before }), shared),
  );
  const filtered =
    search.model !== null || search.apiKeyId !== null || search.status !== null || search.endpoint !== null;
  // Until both have loaded, they belong to different choices.
  const stale = report.isPlaceholderData || previous.isPlaceholderData;

  return (
    <>
      <PageHeader title="Usage" actions={<RangePicker search={search} onChange={change} cut={cut} />}>
        {formatPeriod(cut.period)}, compared with the {lowerFirst(previousNames[search.range])}
      </PageHeader>
      {filtered && <FilterChips search={search} onChange={change} labels={report.data?.data ?? []} />}
      {report.isPending && <UsageSkeleton />}
      {report.isError && <RetryNotice query={report} title="Couldn’t load your usage" className="mb-4" />}
      {report.data && (
        <div className={stale ? "opacity-60" : undefined} aria-busy={stale}>
          <Totals totals={report.data.totals} previous={previous.data?.totals} />
          {report.data.totals.requests === 0 ? (
            <NothingUsed filtered={filtered} search={search} onClear={() => change(noFilters)} />
          ) : (
            <>
              <UsageCard
                report={report.data}
                previous={previous.isError && !previous.data ? null : previous.data}
                before={before}
                cut={cut}
                search={search}
                onChange={change}
              />
              {search.group !== null && (
                <Breakdown
                  report={report.data}
                  group={search.group}
                  metric={search.metric}
                  onChange={change}
                />
              )}
              <TokenClasses totals={report.data.totals} />
            </>
          )}
        </div>
      )}
    </>
  );
}

const noFilters = { model: null, apiKeyId: null, status: null, endpoint: null } as const;

function NothingUsed({
  filtered,
  search,
  onClear,
}: {
  filtered: boolean;
  search: Pick<UsageSearch, "environment">;
  onClear: () => void;
}) {
  if (filtered) {
    return (
      <EmptyState
        title="Nothing matches these filters"
        action={
          <Button variant="secondary" onClick={onClear}>
            Clear filters
          </Button>
        }
      >
        No requests in this period match.
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title={`No ${search.environment === "all" ? "" : `${search.environment} `}requests in this period`}
      action={
        <Button asChild>
          <Link href="/playground">Try a prompt</Link>
        </Button>
      }
    >
      Usage appears here within seconds after a request ends.
    </EmptyState>
  );
}

/** As high as the loaded page, so that nothing shifts. */
function UsageSkeleton() {
  return (
    <Loading label="Loading your usage">
      <div className="mb-4 grid grid-cols-2 gap-px overflow-hidden rounded-lg border bg-line sm:grid-cols-3 lg:grid-cols-5">
        {[0, 1, 2, 3, 4].map((figure) => (
          <div
            key={figure}
            className="grid gap-2.5 bg-surface p-4 last:max-lg:sm:col-span-2 last:max-sm:col-span-2"
          >
            <Skeleton className="h-3.5 w-16" />
            <Skeleton className="h-6 w-28" />
            <Skeleton className="h-3.5 w-20" />
          </div>
        ))}
      </div>
      <div className="rounded-lg border bg-surface">
        <div className="flex gap-2 border-b p-3">
          <Skeleton className="h-9 w-64" />
          <Skeleton className="h-9 w-36" />
        </div>
        <div className="p-4">
          <Skeleton className="h-72" />
          <Skeleton className="mt-3 h-5 w-80 max-w-full" />
        </div>
      </div>
    </Loading>
  );
}
