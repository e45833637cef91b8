"use client";

import Link from "next/link";
import { useState } from "react";
import { andList } from "@/components/format/list";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { formatCount } from "@/shared/format/count";
import { formatMoney } from "@/shared/format/money";
import { isByAgreement, paidPlanNames } from "@/shared/plans";
import type { Billing } from "../_lib/plan-offer";
import type { Spending } from "../_lib/spending";
import { OverageDialog } from "./overage-dialog";

/** What happens past the plan's tokens, and the button that turns overage on or off. */
export function OveragePanel({ spending, billing }: { spending: Spending; billing: Billing }) {
  const { state, used_micros } = spending.overage;
  const [asking, setAsking] = useState(false);
  const isOn = state === "on" || state === "held";
  return (
    <div className="flex flex-col items-start border-t p-5 sm:border-t-0 sm:border-l">
      <h3 className="flex flex-wrap items-center gap-2.5 text-muted">
        Overage
        {isOn && (
          <Badge tone={state === "on" ? "accent" : "attention"}>{state === "on" ? "on" : "on hold"}</Badge>
        )}
      </h3>
      {(isOn || used_micros > 0) && (
        <p className="num mt-1 flex flex-wrap items-baseline gap-x-1.5">
          <span className="font-semibold text-2xl tracking-tight">{formatMoney(used_micros)}</span>{" "}
          <span className="text-muted">this month</span>
        </p>
      )}
      <p className={isOn || used_micros > 0 ? "mt-3 text-[13px] text-muted" : "mt-1"}>
        {overageLabel(state, billing)}{" "}
        {state !== "unavailable" && (
          <Link
            href="/pricing#model-prices"
            className="underline decoration-line underline-offset-4 hover:decoration-ink"
          >
            Prices by model
          </Link>
        )}
      </p>
      {state !== "unavailable" && (
        <Button variant="secondary" size="sm" className="mt-4" onClick={() => setAsking(true)}>
          {isOn ? "Turn off overage" : "Turn on overage"}
        </Button>
      )}
      {asking && (
        <OverageDialog spending={spending} billing={billing} turnOn={!isOn} onDone={() => setAsking(false)} />
      )}
    </div>
  );
}

function overageLabel(state: Spending["overage"]["state"], { plan, quota }: Billing): string {
  const tokens = quota.limit === null ? "your plan’s tokens" : `${formatCount(quota.limit)} tokens`;
  if (state === "on") return `After ${tokens}, requests continue at model prices, on your next invoice.`;
  if (state === "held") return "A payment is due. Until you make it, requests stop at your plan’s tokens.";
  if (state === "off") return `Requests stop at ${tokens}. With overage, they continue at model prices.`;
  if (isByAgreement(plan)) return "Your agreement sets how many tokens you can use.";
  if (plan === "free")
    return `Requests stop at ${tokens}. On ${andList(paidPlanNames)}, overage lets them continue at model prices.`;
  return `Requests stop at ${tokens}.`;
}
