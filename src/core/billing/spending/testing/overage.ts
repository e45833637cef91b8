import type { Buyer } from "../../../../../infra/testing/stripe/buyers";
import { newestSubscription } from "../../../../../infra/testing/stripe/hosted-pages";
import { useStripeStack } from "../../../../../infra/testing/stripe/use-stripe-stack";
import { newId } from "../../../platform";
import { db } from "../../../platform/db/client";
import { getSpending, setOverage } from "../..";

/** Buyers who use more than their plan holds, and what Stripe shows of it. */

export const { standIn, stripe, deliver, org, rowOf, customerOf, mails, subscribe } = await useStripeStack();
export const turn = ({ principal }: Buyer, on: boolean) => setOverage(db(), stripe, { principal, on });
export const stateOf = async (who: Buyer) => (await getSpending(db(), org(who))).overage.state;

/** What settlement leaves behind when a request went past the quota. */
export async function use(who: Buyer, micros: number, usedAt = new Date()): Promise<string> {
  const requestId = newId();
  await db().overageReport.create({ data: { requestId, ...org(who), micros: BigInt(micros), usedAt } });
  return requestId;
}

export async function pricesOf(who: Buyer): Promise<(string | null)[]> {
  const { items } = await stripe.subscriptions.retrieve(
    newestSubscription(standIn, await customerOf(who)).id,
  );
  return items.data.map(({ price }) => price.lookup_key);
}

export async function endOfPeriod(who: Buyer): Promise<number> {
  const subscription = newestSubscription(standIn, await customerOf(who));
  return subscription.items.data[0]?.current_period_end ?? 0;
}

/** To the end of this buyer's period, and on until its invoice is closed. */
export async function renew(who: Buyer): Promise<void> {
  standIn.advance({ to: (await endOfPeriod(who)) + 3_600 });
}

export const invoicesOf = async (who: Buyer) => {
  const { data } = await stripe.invoices.list({ customer: await customerOf(who), limit: 100 });
  return data;
};
