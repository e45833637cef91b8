import { SECOND } from "../../platform/clock";
import { FreshCache } from "../../platform/fresh-cache";
import type { RecurringPrice } from "../prices/recurring-price";
import type { PlanChangePreview } from "../schemas";
import type { Stripe } from "./stripe-client";

interface RecentAnswers {
  invoices: FreshCache<Stripe.Invoice[]>;
  previews: FreshCache<PlanChangePreview>;
  prices: FreshCache<RecurringPrice>;
}

/** A page that is opened in three tabs, or again and again, asks Stripe once in this time. */
const options = { maxAgeMs: 3 * SECOND, maxEntries: 1_000 };

// Next bundles its own copy of this module beside the API server's: a webhook that comes there is noticed here.
const shared = globalThis as typeof globalThis & { agathaStripeAnswers?: RecentAnswers };

/** What Stripe said a moment ago, by organization first. Only for what is shown: nothing is decided by it. */
export function recentAnswers(): RecentAnswers {
  shared.agathaStripeAnswers ??= {
    invoices: new FreshCache(options),
    previews: new FreshCache(options),
    prices: new FreshCache(options),
  };
  return shared.agathaStripeAnswers;
}

/** Whatever changes an organization's billing in this process calls it, so that the change shows at once. */
export function forgetAnswers(orgId: string): void {
  const ofOrg = (key: string) => key.startsWith(`${orgId} `);
  for (const answers of Object.values(recentAnswers())) answers.dropWhere(ofOrg);
}
