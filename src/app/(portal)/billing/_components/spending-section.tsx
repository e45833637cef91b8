"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { formatMoney } from "@/shared/money";
import { FailureNotice } from "../../../_client/failure-notice";
import { useTRPC } from "../../../_client/trpc";
import { type Billing, formatDay } from "../_lib/plan-offer";
import type { Spending } from "../_lib/spending";
import { CapDialog } from "./cap-dialog";
import { CappedKeys } from "./capped-keys";
import { OveragePanel } from "./overage-panel";
import { QuotaBands } from "./quota-bands";

/** What the organization may spend in a month, what it has spent, and what happens past the plan's tokens. */
export function SpendingSection({ billing }: { billing: Billing }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.billing.spending.queryOptions(undefined, { refetchOnWindowFocus: "always" }));
  return (
    <section aria-labelledby="spending" className="grid gap-3">
      <h2 id="spending" className="font-semibold text-base">
        Spending
      </h2>
      {query.isPending && (
        <Loading label="Loading your spending">
          <Skeleton className="h-44 rounded-lg" />
        </Loading>
      )}
      {query.isError && (
        <FailureNotice
          error={query.error}
          title="Couldn't load your spending"
          action={
            <Button variant="secondary" size="sm" onClick={() => void query.refetch()}>
              Try again
            </Button>
          }
        />
      )}
      {query.data && (
        <Card className="grid sm:grid-cols-2" aria-label="Cap and overage">
          <CapPanel spending={query.data} />
          <OveragePanel spending={query.data} billing={billing} />
          {query.data.keys.length > 0 && <CappedKeys keys={query.data.keys} />}
        </Card>
      )}
    </section>
  );
}

function CapPanel({ spending }: { spending: Spending }) {
  const { cap_micros, spent_micros, reserved_micros, resets_at } = spending;
  const [editing, setEditing] = useState(false);
  return (
    <div className="flex flex-col items-start p-5">
      <h3 className="text-muted">Spent this month</h3>
      <p className="num mt-1">
        <span className="font-semibold text-2xl tracking-tight">{formatMoney(spent_micros)}</span>{" "}
        <span className="text-muted">
          {cap_micros === null ? "no cap set" : `of ${formatMoney(cap_micros)}`}
        </span>
      </p>
      {cap_micros !== null && (
        <div className="w-full">
          <QuotaBands
            used={spent_micros}
            reserved={reserved_micros}
            limit={cap_micros}
            of="this month's cap spent"
          />
        </div>
      )}
      <p className="mt-3 text-[13px] text-muted">
        {reserved_micros > 0 && `${formatMoney(reserved_micros)} held for running requests. `}
        Every live request counts at its model's price, including those your plan covers. Resets on{" "}
        {formatDay(resets_at)} (UTC).
      </p>
      <Button variant="secondary" size="sm" className="mt-4" onClick={() => setEditing(true)}>
        {cap_micros === null ? "Set cap" : "Change cap"}
      </Button>
      {editing && <CapDialog spending={spending} onDone={() => setEditing(false)} />}
    </div>
  );
}
