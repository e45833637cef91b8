import { plans } from "@agathaai/core/plans";
import type { PlanId, PlanOffer } from "./plan-offer";

/** The plans as the page offers them; runs on the server. */
export function listPlanOffers(): PlanOffer[] {
  return (Object.keys(plans) as PlanId[]).map((id) => {
    const { name, pricePerMonthUsd: usd, tokensPerMonth, requestsPerMinute } = plans[id];
    return { id, name, usd, tokensPerMonth, requestsPerMinute };
  });
}
