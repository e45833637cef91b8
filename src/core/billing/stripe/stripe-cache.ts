import { SECOND } from "../../platform";
import { singleton } from "../../platform/concurrency/singleton";
import { FreshCache } from "../../platform/fresh-cache";
import type { PlanChangePreview, RecurringPrice } from "../schemas";
import type { Stripe } from "./stripe-client";

/** A page opened in three tabs, or reloaded, asks Stripe once in this time. */
const options = { maxAgeMs: 3 * SECOND, maxEntries: 1_000 };

/**
 * Recent answers of Stripe by organization, for display only: no decision uses them. One per process, so that a webhook
 * that reaches the API also drops what the portal shows.
 */
export const stripeCache = singleton("Stripe cache", () => ({
  invoices: new FreshCache<Stripe.Invoice[]>(options),
  previews: new FreshCache<PlanChangePreview>(options),
  prices: new FreshCache<RecurringPrice>(options),
}));

/** Call it after any change of an organization's billing, so that the change shows at once. */
export function dropStripeCache(orgId: string): void {
  const ofOrg = (key: string) => key.startsWith(`${orgId} `);
  for (const answers of Object.values(stripeCache())) answers.dropWhere(ofOrg);
}
