import { declined, mustConfirm } from "./failure";
import { meteredItems, usageLines } from "./metered";
import type {
  Card,
  Invoice,
  InvoiceLine,
  Metadata,
  PhaseItem,
  Schedule,
  Subscription,
  SubscriptionItem,
  UsagePeriod,
} from "./objects";
import { dollars, lineOf } from "./price-line";
import type { World } from "./world";

const DAY = 86_400;
/** How long usage of a period that is over may still come before its invoice is closed. */
export const DRAFT_SECONDS = 3_600;
/** Days after a failed payment at which it is tried again; after the last the subscription ends. */
const RETRIES = [3, 5, 7] as const;

/** One month on, at the same day or the month's last (as Stripe counts from an anchor). */
export function monthAfter(anchor: number, from: number): number {
  const start = new Date(anchor * 1_000);
  for (let months = 1; ; months++) {
    const last = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + months + 1, 0)).getUTCDate();
    const next = new Date(anchor * 1_000);
    next.setUTCMonth(start.getUTCMonth() + months, Math.min(start.getUTCDate(), last));
    if (next.getTime() / 1_000 > from) return next.getTime() / 1_000;
  }
}

/** The plan's item, beside which there may be metered ones. */
export function itemOf(world: World, subscription: Subscription): SubscriptionItem {
  const item = subscription.items.data.find(({ price }) => !world.isMetered(price));
  if (item === undefined) throw new Error("a subscription without a plan");
  return item;
}

/** A further item, from now to the end of the plan's period. */
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

/** Makes a subscription sell what a schedule's phase says: its plan, and the metered prices beside it. */
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

/** A subscription that was paid for, as a completed checkout makes it. */
interface Order {
  customer: string;
  price: string;
  metadata: Metadata;
  /** Days in which an invoice that is sent has to be paid; without, the card pays at once. */
  daysUntilDue?: number;
}

/** A subscription that was paid for, as a completed checkout makes it, or whose invoices are sent and wait. */
export function createSubscription(
  world: World,
  { customer, price, metadata, daysUntilDue }: Order,
): { subscription: Subscription; invoice: Invoice } {
  const now = world.now();
  const id = world.id("sub");
  const subscription: Subscription = {
    id,
    object: "subscription",
    created: now,
    start_date: now,
    billing_cycle_anchor: now,
    customer,
    status: "active",
    items: {
      object: "list",
      has_more: false,
      url: `/v1/subscription_items?subscription=${id}`,
      data: [
        {
          id: world.id("si"),
          object: "subscription_item",
          created: now,
          current_period_start: now,
          current_period_end: monthAfter(now, now),
          price,
          quantity: 1,
          subscription: id,
          metadata: {},
        },
      ],
    },
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    ended_at: null,
    currency: world.price(price).currency,
    latest_invoice: null,
    schedule: null,
    metadata,
    collection_method: daysUntilDue === undefined ? "charge_automatically" : "send_invoice",
    days_until_due: daysUntilDue ?? null,
    pause_collection: null,
    trial_end: null,
    livemode: false,
  };
  world.state.subscriptions[id] = subscription;
  const invoice = makeInvoice(world, subscription, "subscription_create", [periodLine(world, subscription)]);
  if (daysUntilDue === undefined) settle(world, invoice);
  world.emit("customer.subscription.created", subscription);
  if (invoice.status === "paid") world.emit("invoice.paid", invoice);
  return { subscription, invoice };
}

export function planName(world: World, price: string): string {
  const { product } = world.price(price);
  return world.state.products[product]?.name ?? product;
}

export function periodLine(world: World, subscription: Subscription): InvoiceLine {
  const item = itemOf(world, subscription);
  const price = world.price(item.price);
  return lineOf(world, price, {
    description: `1 × ${planName(world, item.price)} (at ${dollars(price)} / month)`,
    period: { start: item.current_period_start, end: item.current_period_end },
  });
}

/** What is given back of the old price, and taken of the new one, for the rest of the period. */
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

export function makeInvoice(
  world: World,
  subscription: Subscription,
  billing_reason: string,
  lines: InvoiceLine[],
): Invoice {
  const id = world.id("in");
  const invoice = draftInvoice(world, subscription, billing_reason, lines, id);
  world.state.invoices_made += 1;
  world.state.invoices[id] = invoice;
  subscription.latest_invoice = id;
  return invoice;
}

/** An invoice of a period that is over: closed at once, or an hour later where usage may still come. */
export function invoicePeriod(
  world: World,
  subscription: Subscription,
  { lines, usage }: { lines: InvoiceLine[]; usage: UsagePeriod[] },
): void {
  const invoice = makeInvoice(world, subscription, "subscription_cycle", lines);
  if (usage.length === 0) {
    collect(world, invoice);
    return;
  }
  invoice.status = "draft";
  invoice.automatically_finalizes_at = world.now() + DRAFT_SECONDS;
  invoice.status_transitions.finalized_at = null;
  world.state.draft_usage[invoice.id] = usage;
  world.emit("invoice.created", invoice);
}

/** The last invoice of a subscription that ends within its period: what was used of it, closed at once. */
export function invoiceUsageSoFar(world: World, subscription: Subscription): void {
  // What was used in this second is used.
  const usage = usagePeriods(world, subscription).map((period) => ({ ...period, end: world.now() + 1 }));
  if (usage.length === 0) return;
  const lines = usageLines(world, subscription.customer, usage);
  const invoice = makeInvoice(world, subscription, "subscription_cycle", lines);
  world.emit("invoice.finalized", invoice);
  collect(world, invoice);
}

export function finalize(world: World, invoice: Invoice): void {
  const usage = world.state.draft_usage[invoice.id] ?? [];
  delete world.state.draft_usage[invoice.id];
  invoice.lines.data.push(...usageLines(world, invoice.customer, usage));
  const total = invoice.lines.data.reduce((sum, { amount }) => sum + amount, 0);
  Object.assign(invoice, { status: "open", subtotal: total, total, automatically_finalizes_at: null });
  invoice.amount_due = Math.max(0, total);
  invoice.amount_remaining = invoice.amount_due;
  invoice.status_transitions.finalized_at = world.now();
  world.emit("invoice.finalized", invoice);
  collect(world, invoice);
}

/** The periods of what is metered, as they stand. */
export function usagePeriods(world: World, subscription: Subscription): UsagePeriod[] {
  return meteredItems(world, subscription).map(({ price, current_period_start, current_period_end }) => ({
    price,
    start: current_period_start,
    end: current_period_end,
  }));
}

export function draftInvoice(
  world: World,
  subscription: Subscription,
  billing_reason: string,
  lines: InvoiceLine[],
  id: string,
): Invoice {
  const now = world.now();
  const item = itemOf(world, subscription);
  const total = lines.reduce((sum, { amount }) => sum + amount, 0);
  const due = Math.max(0, total);
  return {
    id,
    object: "invoice",
    created: now,
    number: `AGATHA-${String(world.state.invoices_made + 1).padStart(4, "0")}`,
    customer: subscription.customer,
    currency: subscription.currency,
    status: "open",
    automatically_finalizes_at: null,
    billing_reason,
    lines: { object: "list", data: lines, has_more: false, url: `/v1/invoices/${id}/lines` },
    subtotal: total,
    total,
    amount_due: due,
    amount_paid: 0,
    amount_remaining: due,
    attempted: false,
    attempt_count: 0,
    next_payment_attempt: null,
    period_start: item.current_period_start,
    period_end: item.current_period_end,
    hosted_invoice_url: `${world.url}/i/${id}`,
    invoice_pdf: `${world.url}/i/${id}/pdf`,
    parent: {
      type: "subscription_details",
      quote_details: null,
      subscription_details: { subscription: subscription.id, metadata: subscription.metadata },
    },
    status_transitions: {
      finalized_at: now,
      paid_at: null,
      voided_at: null,
      marked_uncollectible_at: null,
    },
    metadata: {},
    livemode: false,
  };
}

export function settle(world: World, invoice: Invoice): void {
  invoice.status = "paid";
  invoice.attempted = true;
  invoice.attempt_count += 1;
  invoice.next_payment_attempt = null;
  invoice.amount_paid = invoice.amount_due;
  invoice.amount_remaining = 0;
  invoice.status_transitions.paid_at = world.now();
}

/** Throws what the card answers; a card that only ever pays, pays. */
export function charge(card: Card | undefined, amount: number, { present }: { present: boolean }): void {
  if (amount <= 0) return;
  if (card === undefined || card.behaviour === "declines") throw declined();
  if (!present && card.behaviour === "fails_later") throw declined();
  if (!present && card.behaviour === "confirms") throw mustConfirm();
}

/** Tries to collect an open invoice without the customer there. True when it was paid. */
export function collect(world: World, invoice: Invoice): boolean {
  const { subscription: id } = invoice.parent.subscription_details;
  const subscription = world.find(world.state.subscriptions, id, "subscription");
  // It waits for whoever it was sent to.
  if (subscription.collection_method === "send_invoice") return false;
  try {
    charge(world.state.cards[invoice.customer], invoice.amount_due, { present: false });
  } catch {
    fail(world, invoice, subscription);
    return false;
  }
  settle(world, invoice);
  world.emit("invoice.paid", invoice);
  revive(world, subscription);
  return true;
}

/** With nothing left to pay, a subscription that was overdue is active again. */
export function revive(world: World, subscription: Subscription): void {
  const owes = Object.values(world.state.invoices).some(
    (invoice) =>
      invoice.status === "open" && invoice.parent.subscription_details.subscription === subscription.id,
  );
  if (owes || (subscription.status !== "past_due" && subscription.status !== "unpaid")) return;
  subscription.status = "active";
  world.emit("customer.subscription.updated", subscription);
}

function fail(world: World, invoice: Invoice, subscription: Subscription): void {
  const days = RETRIES[invoice.attempt_count];
  invoice.attempted = true;
  invoice.attempt_count += 1;
  invoice.next_payment_attempt = days === undefined ? null : world.now() + days * DAY;
  const before = subscription.status;
  if (before === "active") subscription.status = "past_due";
  world.emit("invoice.payment_failed", invoice);
  if (before === "canceled") return;
  if (days === undefined) endSubscription(world, subscription);
  else if (before !== subscription.status) world.emit("customer.subscription.updated", subscription);
}

export function endSubscription(world: World, subscription: Subscription): void {
  const schedule = subscription.schedule === null ? undefined : world.state.schedules[subscription.schedule];
  if (schedule !== undefined) schedule.status = "canceled";
  subscription.status = "canceled";
  subscription.canceled_at ??= world.now();
  subscription.ended_at = world.now();
  subscription.schedule = null;
  for (const invoice of Object.values(world.state.invoices)) {
    if (invoice.parent.subscription_details.subscription === subscription.id) {
      invoice.next_payment_attempt = null;
    }
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

export const day = (seconds: number) =>
  new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeZone: "UTC" }).format(seconds * 1_000);
