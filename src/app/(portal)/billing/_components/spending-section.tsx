"use client";

import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/components/ui/button";
import { Card } from "@/components/ui/card";
import { Loading, Skeleton } from "@/components/ui/skeleton";
import { formatMoney } from "@/shared/format/money";
import { useTRPC } from "../../../_client/trpc";
import { RetryNotice } from "../../_components/query-states";
import { type Billing, formatDay } from "../_lib/plan-offer";
import type { Spending } from "../_lib/spending";
import { CapDialog } from "./cap-dialog";
import { OveragePanel } from "./overage-panel";
import { QuotaBands } from "./quota-bands";

/** The organization's spend and cap this month, overage, and keys with a cap. */
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
      {query.isError && <RetryNotice query={query} title="Couldn’t load your spending" />}
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
      <p className="num mt-1 flex flex-wrap items-baseline gap-x-1.5">
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
            of="this month’s cap spent"
          />
        </div>
      )}
      <p className="mt-3 text-[13px] text-muted">
        {reserved_micros > 0 && `${formatMoney(reserved_micros)} held for running requests. `}
        Every live request counts at its model’s price, including those your plan covers. Resets on{" "}
        {formatDay(resets_at)} (UTC).
      </p>
      <Button variant="secondary" size="sm" className="mt-4" onClick={() => setEditing(true)}>
        {cap_micros === null ? "Set cap" : "Change cap"}
      </Button>
      {editing && <CapDialog spending={spending} onDone={() => setEditing(false)} />}
    </div>
  );
}

/** Keys with a cap, fullest first. */
function CappedKeys({ keys }: { keys: Spending["keys"] }) {
  return (
    <div className="border-t p-5 sm:col-span-2">
      <h3 className="text-muted">Keys with a cap</h3>
      <ul className="mt-2 grid gap-x-10 gap-y-4 sm:grid-cols-2">
        {keys.map(({ id, name, cap_micros, spent_micros, reserved_micros }) => (
          <li key={id} className="min-w-0">
            <p className="flex items-baseline justify-between gap-4">
              <span className="truncate font-medium">{name}</span>
              <span className="num shrink-0 text-muted">
                {formatMoney(spent_micros)} of {formatMoney(cap_micros)}
              </span>
            </p>
            <QuotaBands
              used={spent_micros}
              reserved={reserved_micros}
              limit={cap_micros}
              of={`the cap of ${name} spent`}
            />
          </li>
        ))}
      </ul>
    </div>
  );
}
