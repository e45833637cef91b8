"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { Button } from "@/components/ui/button";
import { EmptyState } from "@/components/ui/empty-state";
import { useTRPC } from "../../../_client/trpc";
import { PageHeader } from "../../_components/page-header";
import { RetryNotice } from "../../_components/query-states";
import { formatPeriod, lowerFirst, previousNames } from "../_lib/labels";
import { cutOf, previousOf } from "../_lib/period";
import { toQuery } from "../_lib/to-query";
import type { UsageAddress } from "../_lib/usage-address";
import { useUsageAddress } from "../_lib/use-usage-address";
import { Breakdown } from "./breakdown";
import { FilterChips } from "./filter-chips";
import { RangePicker } from "./range-picker";
import { Totals } from "./totals";
import { UsageCard } from "./usage-card";
import { UsageSkeleton } from "./usage-skeleton";

const FRESH_MS = 30_000;
const REFRESH_MS = 60_000;

export function UsageView() {
  const trpc = useTRPC();
  const [address, change] = useUsageAddress();
  const cut = cutOf(address, new Date());
  const before = previousOf(cut.period, cut.interval, address.range === "month");

  const shared = { staleTime: FRESH_MS, placeholderData: keepPreviousData } as const;
  const report = useQuery(
    trpc.usage.get.queryOptions(toQuery(address, cut), { ...shared, refetchInterval: REFRESH_MS }),
  );
  const previous = useQuery(
    trpc.usage.get.queryOptions(toQuery({ ...address, group: null }, { ...cut, period: before }), shared),
  );
  const filtered = address.model !== null || address.apiKeyId !== null || address.status !== null;
  // Until both are there, the two would not belong to the same choice.
  const stale = report.isPlaceholderData || previous.isPlaceholderData;

  return (
    <>
      <PageHeader title="Usage" actions={<RangePicker address={address} onChange={change} cut={cut} />}>
        {formatPeriod(cut.period)}, compared with the {lowerFirst(previousNames[address.range])}
      </PageHeader>
      {filtered && <FilterChips address={address} onChange={change} labels={report.data?.data ?? []} />}
      {report.isPending && <UsageSkeleton />}
      {report.isError && <RetryNotice query={report} title="Couldn't load your usage" className="mb-4" />}
      {report.data && (
        <div className={stale ? "opacity-60" : undefined} aria-busy={stale}>
          <Totals totals={report.data.totals} previous={previous.data?.totals} />
          {report.data.totals.requests === 0 ? (
            <NothingUsed filtered={filtered} address={address} onClear={() => change(noFilters)} />
          ) : (
            <>
              <UsageCard
                report={report.data}
                previous={previous.data}
                before={before}
                cut={cut}
                address={address}
                onChange={change}
              />
              {address.group !== null && (
                <Breakdown
                  report={report.data}
                  group={address.group}
                  metric={address.metric}
                  onChange={change}
                />
              )}
            </>
          )}
        </div>
      )}
    </>
  );
}

const noFilters = { model: null, apiKeyId: null, status: null } as const;

function NothingUsed({
  filtered,
  address,
  onClear,
}: {
  filtered: boolean;
  address: Pick<UsageAddress, "environment">;
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
      title={`No ${address.environment === "all" ? "" : `${address.environment} `}requests in this period`}
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
