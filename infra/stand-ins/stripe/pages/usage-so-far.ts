import { usagePeriods } from "../billing";
import { usageLines } from "../invoices/metered";
import type { Subscription } from "../objects/objects";
import type { World } from "../world";
import { escapeHtml, money } from "./html";

/** ", and $1.20 of AgathaAI overage so far" after a plan's name; empty without metered items. */
export function usageSoFar(world: World, subscription: Subscription): string {
  const lines = usageLines(world, subscription.customer, usagePeriods(world, subscription));
  return lines
    .map(({ amount, pricing }) => {
      const { product } = pricing.price_details;
      return `, and ${money(amount)} of ${escapeHtml(world.state.products[product]?.name ?? product)} so far`;
    })
    .join("");
}
