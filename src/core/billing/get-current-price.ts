import type { Db } from "../platform/db/client";
import { findLiveSubscription } from "./live-subscription";
import { recentAnswers } from "./recent-answers";
import { type RecurringPrice, readRecurringPrice } from "./recurring-price";
import type { Stripe } from "./stripe-client";

/** What the subscription costs each period, as Stripe will charge it. @throws AppError `conflict` without one. */
export function getCurrentPrice(
  db: Db,
  stripe: Stripe,
  { orgId }: { orgId: string },
): Promise<RecurringPrice> {
  return recentAnswers().prices.get(`${orgId} current`, async () =>
    readRecurringPrice(stripe, await findLiveSubscription(db, stripe, orgId)),
  );
}
