import { SECOND } from "../../platform/clock";
import { singleton } from "../../platform/concurrency/singleton";
import { FreshCache } from "../../platform/fresh-cache";
import type { PlanChangePreview, RecurringPrice } from "../schemas";
import type { Stripe } from "./stripe-client";

/** A page that is opened in three tabs, or again and again, asks Stripe once in this time. */
const options = { maxAgeMs: 3 * SECOND, maxEntries: 1_000 };

/**
 * What Stripe said a moment ago, by organization first. Only for what is shown: nothing is decided by it. One a process:
 * a webhook that reaches the API drops what the portal shows.
 */
export const stripeCache = singleton("Stripe cache", () => ({
  invoices: new FreshCache<Stripe.Invoice[]>(options),
  previews: new FreshCache<PlanChangePreview>(options),
  prices: new FreshCache<RecurringPrice>(options),
}));

/** Whatever changes an organization's billing in this process calls it, so that the change shows at once. */
export function dropStripeCache(orgId: string): void {
  const ofOrg = (key: string) => key.startsWith(`${orgId} `);
  for (const answers of Object.values(stripeCache())) answers.dropWhere(ofOrg);
}
