import type { Db } from "../platform/db";
import { findLiveSubscription } from "./live-subscription";
import { type RecurringPrice, readRecurringPrice } from "./recurring-price";
import type { Stripe } from "./stripe-client";

/** What the subscription costs each period, as Stripe will charge it. @throws AppError `conflict` without one. */
export async function getCurrentPrice(
  db: Db,
  stripe: Stripe,
  { orgId }: { orgId: string },
): Promise<RecurringPrice> {
  return readRecurringPrice(stripe, await findLiveSubscription(db, stripe, orgId));
}
