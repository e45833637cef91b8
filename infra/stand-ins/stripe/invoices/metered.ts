import type { InvoiceLine, Subscription, SubscriptionItem, UsagePeriod } from "../objects/objects";
import type { World } from "../world";
import { dollars, lineOf } from "./price-line";

export function meteredItems(world: World, subscription: Subscription): SubscriptionItem[] {
  return subscription.items.data.filter(({ price }) => world.isMetered(price));
}

/** The sum of a customer's meter events from the period's start up to its end. */
export function usageWithin(world: World, customer: string, { price, start, end }: UsagePeriod): number {
  const { meter } = world.price(price).recurring;
  return world.state.meter_events
    .filter((event) => event.meter === meter && event.customer === customer)
    .filter(({ at }) => at >= start && at < end)
    .reduce((sum, { value }) => sum + value, 0);
}

/** One line per metered period, even without usage. */
export function usageLines(world: World, customer: string, periods: readonly UsagePeriod[]): InvoiceLine[] {
  return periods.map((period) => {
    const price = world.price(period.price);
    // Corrections may exceed the usage, but nobody is paid for that.
    const quantity = Math.max(0, usageWithin(world, customer, period));
    const name = world.state.products[price.product]?.name ?? price.product;
    return lineOf(world, price, {
      description: `${quantity} × ${name} (at ${dollars(price)} / month)`,
      period: { start: period.start, end: period.end },
      quantity,
    });
  });
}
