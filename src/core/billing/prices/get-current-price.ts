import type { Db } from "../../platform/db/client";
import { stripeCache } from "../stripe/stripe-cache";
import type { Stripe } from "../stripe/stripe-client";
import { findLiveSubscription } from "../subscription/live-subscription";
import { type RecurringPrice, readRecurringPrice } from "./recurring-price";

/** What the subscription costs each period, as Stripe will charge it. @throws AppError `conflict` without one. */
export function getCurrentPrice(
  db: Db,
  stripe: Stripe,
  { orgId }: { orgId: string },
): Promise<RecurringPrice> {
  return stripeCache().prices.get(`${orgId} current`, async () =>
    readRecurringPrice(stripe, await findLiveSubscription(db, stripe, orgId)),
  );
}
