import { meteredItems } from "./invoices/metered";
import { dollars, lineOf } from "./invoices/price-line";
import type {
  InvoiceLine,
  PhaseItem,
  Schedule,
  Subscription,
  SubscriptionItem,
  UsagePeriod,
} from "./objects/objects";
import type { World } from "./world";

/** One month later, on the same day or the month's last, counted from an anchor as Stripe does. */
export function monthAfter(anchor: number, from: number): number {
  const start = new Date(anchor * 1_000);
  for (let months = 1; ; months++) {
    const last = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + months + 1, 0)).getUTCDate();
    const next = new Date(anchor * 1_000);
    next.setUTCMonth(start.getUTCMonth() + months, Math.min(start.getUTCDate(), last));
    if (next.getTime() / 1_000 > from) return next.getTime() / 1_000;
  }
}

/** The plan's item; there may be metered ones beside it. */
export function itemOf(world: World, subscription: Subscription): SubscriptionItem {
  const item = subscription.items.data.find(({ price }) => !world.isMetered(price));
  if (item === undefined) throw new Error("a subscription without a plan");
  return item;
}

/** Adds an item from now to the end of the plan's period. */
export function addItem(world: World, subscription: Subscription, price: string): void {
  subscription.items.data.push({
    id: world.id("si"),
    object: "subscription_item",
    created: world.now(),
    current_period_start: world.now(),
    current_period_end: itemOf(world, subscription).current_period_end,
    price,
    subscription: subscription.id,
    metadata: {},
  });
}

/** Makes a subscription sell a schedule's phase: its plan and metered prices. */
export function sellPhase(world: World, subscription: Subscription, items: readonly PhaseItem[]): void {
  const metered = items.filter(({ price }) => world.isMetered(price)).map(({ price }) => price);
  const plan = items.find(({ price }) => !world.isMetered(price));
  if (plan !== undefined) itemOf(world, subscription).price = plan.price;
  subscription.items.data = subscription.items.data.filter(
    ({ price }) => !world.isMetered(price) || metered.includes(price),
  );
  const sold = new Set(subscription.items.data.map(({ price }) => price));
  for (const price of metered) if (!sold.has(price)) addItem(world, subscription, price);
}

export function planName(world: World, price: string): string {
  const { product } = world.price(price);
  return world.state.products[product]?.name ?? product;
}

export function periodLine(world: World, subscription: Subscription, sold?: string): InvoiceLine {
  const item = itemOf(world, subscription);
  const price = world.price(sold ?? item.price);
  return lineOf(world, price, {
    description: `1 × ${planName(world, price.id)} (at ${dollars(price)} / month)`,
    period: { start: item.current_period_start, end: item.current_period_end },
  });
}

/** The credit for the old price and the charge for the new one, for the rest of the period. */
export function prorationLines(
  world: World,
  subscription: Subscription,
  { price, at }: { price: string; at: number },
): InvoiceLine[] {
  const item = itemOf(world, subscription);
  const { current_period_start: start, current_period_end: end } = item;
  const share = Math.max(0, end - at) / (end - start);
  const line = (id: string, sign: 1 | -1, words: string): InvoiceLine => {
    const whole = lineOf(world, world.price(id), {
      description: `${words} ${planName(world, id)} after ${day(at)}`,
      period: { start: at, end },
    });
    return { ...whole, amount: sign * Math.round(whole.amount * share) };
  };
  return [line(item.price, -1, "Unused time on"), line(price, 1, "Remaining time on")];
}

/** The current periods of metered items. */
export function usagePeriods(world: World, subscription: Subscription): UsagePeriod[] {
  return meteredItems(world, subscription).map(({ price, current_period_start, current_period_end }) => ({
    price,
    start: current_period_start,
    end: current_period_end,
  }));
}

/** An overdue subscription with nothing left to pay becomes active again. */
export function revive(world: World, subscription: Subscription): void {
  const owes = Object.values(world.state.invoices).some(
    (invoice) =>
      invoice.status === "open" && invoice.parent.subscription_details.subscription === subscription.id,
  );
  if (owes || (subscription.status !== "past_due" && subscription.status !== "unpaid")) return;
  subscription.status = "active";
  world.emit("customer.subscription.updated", subscription);
}

export function endSubscription(world: World, subscription: Subscription): void {
  const schedule = subscription.schedule === null ? undefined : world.state.schedules[subscription.schedule];
  if (schedule !== undefined) schedule.status = "canceled";
  subscription.status = "canceled";
  subscription.canceled_at ??= world.now();
  subscription.ended_at = world.now();
  subscription.schedule = null;
  subscription.pending_update = null;
  delete world.state.pending_invoices[subscription.id];
  for (const invoice of Object.values(world.state.invoices)) {
    if (invoice.parent.subscription_details.subscription !== subscription.id) continue;
    invoice.next_payment_attempt = null;
    if (invoice.status === "open") invoice.auto_advance = false;
  }
  world.emit("customer.subscription.deleted", subscription);
}

export function releaseSchedule(world: World, schedule: Schedule): void {
  const subscription =
    schedule.subscription === null ? undefined : world.state.subscriptions[schedule.subscription];
  schedule.status = "released";
  schedule.released_at = world.now();
  schedule.released_subscription = schedule.subscription;
  schedule.subscription = null;
  schedule.current_phase = null;
  if (subscription !== undefined) subscription.schedule = null;
  world.emit("subscription_schedule.released", schedule);
}

/** When a subscription ends, as the API's `cancel_at_period_end` and the portal set it; null takes it back. */
export function planEnd(
  world: World,
  subscription: Subscription,
  { at, atPeriodEnd }: { at: number | null; atPeriodEnd: boolean },
): void {
  subscription.cancel_at = at;
  subscription.cancel_at_period_end = atPeriodEnd;
  subscription.canceled_at = at === null ? null : world.now();
  subscription.cancellation_details.reason = at === null ? null : "cancellation_requested";
}

export const day = (seconds: number) =>
  new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeZone: "UTC" }).format(seconds * 1_000);
