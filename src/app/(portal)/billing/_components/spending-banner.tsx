"use client";

import { useQuery } from "@tanstack/react-query";
import { Notice } from "@/components/ui/notice";
import { formatMoney } from "@/shared/money";
import { useTRPC } from "../../../_client/trpc";
import { formatDay } from "../_lib/plan-offer";
import { isCapReached } from "../_lib/spending";

/** Says when the cap stops requests, and when tokens cost extra. Nothing while neither does. */
export function SpendingBanner() {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.billing.spending.queryOptions());
  if (data === undefined) return null;
  const { cap_micros, overage, resets_at } = data;
  if (cap_micros !== null && isCapReached(data)) {
    return (
      <Notice tone="attention" title={`You've reached your cap of ${formatMoney(cap_micros)}`}>
        New requests are refused until {formatDay(resets_at)} (UTC). Raise the cap below to continue at once.
      </Notice>
    );
  }
  if (overage.state === "on" && overage.used_micros > 0) {
    return (
      <Notice title="You're past your plan's tokens">
        {formatMoney(overage.used_micros)} of overage so far this month, billed with your plan.
        {cap_micros !== null && ` Requests stop at your cap of ${formatMoney(cap_micros)}.`}
      </Notice>
    );
  }
  return null;
}
