import {
  endSubscription,
  itemOf,
  monthAfter,
  periodLine,
  releaseSchedule,
  sellPhase,
  usagePeriods,
} from "./billing";
import { DRAFT_SECONDS } from "./invoices/draft-invoice";
import {
  collect,
  expirePending,
  fallOverdue,
  finalize,
  invoicePeriod,
  invoiceUsageSoFar,
} from "./invoices/invoice-life";
import type { Invoice, Subscription } from "./objects/objects";
import type { World } from "./world";

const renews = ({ status }: Subscription) => status === "active" || status === "past_due";

type Due = { at: number; run(): void };

/** Moves the clock on and executes everything that falls due on the way, each at its time. */
export function advanceTo(world: World, target: number): void {
  for (let due = nextDue(world); due !== undefined && due.at <= target; due = nextDue(world)) {
    world.state.ahead += Math.max(0, due.at - world.now());
    due.run();
  }
  world.state.ahead += Math.max(0, target - world.now());
}

/** Executes what has fallen due by real time. */
export function catchUp(world: World): void {
  advanceTo(world, world.now());
}

/** When the next period is over and its invoice is finalized. */
export function nextRenewal(world: World): number | undefined {
  const ends = Object.values(world.state.subscriptions)
    .filter(renews)
    .map((subscription) => itemOf(world, subscription).current_period_end + DRAFT_SECONDS);
  return ends.length === 0 ? undefined : Math.min(...ends);
}

/** Moves on to the next renewal, and until each draft made on the way is finalized. */
export function advanceToRenewal(world: World): void {
  advanceTo(world, nextRenewal(world) ?? world.now());
  for (let drafts = draftEnds(world), tries = 0; drafts.length > 0 && tries < 24; tries++) {
    advanceTo(world, Math.max(...drafts));
    drafts = draftEnds(world);
  }
}

function draftEnds(world: World): number[] {
  return Object.values(world.state.invoices).flatMap(({ status, automatically_finalizes_at: at }) =>
    status === "draft" && at !== null ? [at] : [],
  );
}

function nextDue(world: World): Due | undefined {
  const { subscriptions, invoices, sessions } = world.state;
  const all: Due[] = [
    ...Object.values(subscriptions)
      .filter(renews)
      .map((one) => ({ at: itemOf(world, one).current_period_end, run: () => renew(world, one) })),
    ...Object.values(invoices).flatMap((invoice) => {
      const at = invoice.status === "draft" ? invoice.automatically_finalizes_at : null;
      return at === null ? [] : [{ at, run: () => finalize(world, invoice) }];
    }),
    ...Object.values(invoices).flatMap((invoice) => {
      const at = retryAt(invoice);
      return at === undefined ? [] : [{ at, run: () => void collect(world, invoice) }];
    }),
    ...Object.values(invoices)
      .filter(({ id, status }) => status === "open" && !world.state.overdue.includes(id))
      .flatMap((invoice) => {
        const { due_date: at } = invoice;
        return at === null ? [] : [{ at, run: () => fallOverdue(world, invoice) }];
      }),
    ...Object.values(subscriptions).flatMap((one) => {
      const at = one.pending_update?.expires_at;
      return at === undefined ? [] : [{ at, run: () => expirePending(world, one) }];
    }),
    ...Object.values(subscriptions)
      .filter((one) => renews(one) && endsWithinPeriod(world, one))
      .map((one) => ({ at: one.cancel_at ?? 0, run: () => endWithinPeriod(world, one) })),
    ...Object.values(sessions)
      .filter(({ status }) => status === "open")
      .map((session) => ({
        at: session.expires_at,
        run: () => {
          session.status = "expired";
          session.url = null;
          world.emit("checkout.session.expired", session);
        },
      })),
  ];
  return all.sort((a, b) => a.at - b.at)[0];
}

const retryAt = ({ status, next_payment_attempt }: Invoice) =>
  status === "open" && next_payment_attempt !== null ? next_payment_attempt : undefined;

function endsWithinPeriod(world: World, subscription: Subscription): boolean {
  const { cancel_at } = subscription;
  return cancel_at !== null && cancel_at < itemOf(world, subscription).current_period_end;
}

function endWithinPeriod(world: World, subscription: Subscription): void {
  endSubscription(world, subscription);
  invoiceUsageSoFar(world, subscription);
}

function renew(world: World, subscription: Subscription): void {
  const usage = usagePeriods(world, subscription);
  if (
    subscription.cancel_at !== null &&
    subscription.cancel_at <= itemOf(world, subscription).current_period_end
  ) {
    endSubscription(world, subscription);
    // Usage is still owed after the end.
    if (usage.length > 0) invoicePeriod(world, subscription, { lines: [], usage });
    return;
  }
  const start = itemOf(world, subscription).current_period_end;
  enterPhase(world, subscription, start);
  for (const item of subscription.items.data) {
    item.current_period_start = start;
    item.current_period_end = monthAfter(subscription.billing_cycle_anchor, start);
  }
  world.emit("customer.subscription.updated", subscription);
  invoicePeriod(world, subscription, { lines: [periodLine(world, subscription)], usage });
}

function enterPhase(world: World, subscription: Subscription, at: number): void {
  const schedule = subscription.schedule === null ? undefined : world.state.schedules[subscription.schedule];
  if (schedule === undefined) return;
  const phase = schedule.phases.find(({ start_date, end_date }) => start_date <= at && at < end_date);
  if (phase === undefined) {
    releaseSchedule(world, schedule);
    return;
  }
  schedule.current_phase = { start_date: phase.start_date, end_date: phase.end_date };
  sellPhase(world, subscription, phase.items);
  Object.assign(subscription.metadata, phase.metadata);
  world.emit("subscription_schedule.updated", schedule);
}
