import { planIds, plans } from "@/shared/plans";
import type { PlanOffer } from "./plan-offer";

/** The plans as the page offers them; runs on the server. */
export function listPlanOffers(): PlanOffer[] {
  return planIds.map((id) => {
    const { name, pricePerMonthUsd: usd, tokensPerMonth, requestsPerMinute } = plans[id];
    return { id, name, usd, tokensPerMonth, requestsPerMinute };
  });
}
