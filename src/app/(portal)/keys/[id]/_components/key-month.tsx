"use client";

import Link from "next/link";
import type { ReactNode } from "react";
import { CapBar } from "@/components/charts/cap-bar";
import { SparkBars } from "@/components/charts/sparkline";
import { Button } from "@/components/ui/button";
import { Card, CardBody, CardHeader, CardTitle } from "@/components/ui/card";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { formatCount } from "@/shared/format/count";
import { formatMoney } from "@/shared/format/money";
import { RetryNotice } from "../../../_components/query-states";
import { type Key, usageOfKey } from "../../_lib/key";
import { useDaysOfKey } from "../../_lib/key-queries";
import { countsByDay } from "../_lib/counts-by-day";

/** What the key did since the month began. */
export function KeyMonth({ apiKey }: { apiKey: Key }) {
  const days = useDaysOfKey(apiKey);
  const { spent_this_month_micros: spent, monthly_cap_micros: cap } = apiKey;
  return (
    <Card aria-labelledby="key-month">
      <CardHeader>
        <CardTitle id="key-month">This month</CardTitle>
        <Button asChild variant="link" size="inline" className="text-[13px]">
          <Link href={usageOfKey(apiKey)}>View usage</Link>
        </Button>
      </CardHeader>
      <CardBody className="grid gap-5">
        {days.isError && <RetryNotice query={days} title="Couldn’t load this key’s usage" />}
        {days.isPending && (
          <Loading label="Loading usage">
            <Skeleton className="h-12" />
          </Loading>
        )}
        {days.data && (
          <dl className="grid grid-cols-2 gap-x-6 gap-y-4 sm:grid-cols-[repeat(auto-fit,minmax(6rem,1fr))]">
            <Figure name="Requests" value={formatCount(days.data.totals.requests)} />
            <Figure name="Tokens" value={formatCount(days.data.totals.total_tokens)} />
            <Figure name="Spent" value={apiKey.environment === "test" ? "Free" : formatMoney(spent)} />
            {(apiKey.cache_ttl_seconds !== null || days.data.totals.cache_hits > 0) && (
              <Figure name="Cache hits" value={formatCount(days.data.totals.cache_hits)} />
            )}
            <Figure
              name="By day"
              value={
                <SparkBars
                  values={countsByDay(days.data)}
                  label={`Requests by day since ${days.data.from.slice(0, 10)}`}
                />
              }
            />
          </dl>
        )}
        {cap !== null && (
          <div className="grid gap-1.5">
            <CapBar share={spent / cap} />
            <p className="text-[13px] text-muted">
              {formatMoney(spent)} of its cap of {formatMoney(cap)}
              {apiKey.predecessor_id !== null && ", including keys it replaced"}.{" "}
              {spent >= cap
                ? "Requests are refused until the month ends (UTC) or you raise the cap."
                : "A request that doesn’t fit the cap is refused."}
            </p>
          </div>
        )}
      </CardBody>
    </Card>
  );
}

function Figure({ name, value }: { name: string; value: ReactNode }) {
  return (
    <div>
      <dt className="text-[13px] text-muted">{name}</dt>
      <dd className="num mt-0.5 font-semibold text-lg tracking-tight">{value}</dd>
    </div>
  );
}
