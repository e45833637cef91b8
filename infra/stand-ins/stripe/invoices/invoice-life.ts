import { invalid } from "../api/failure";
import { endSubscription, revive, usagePeriods } from "../billing";
import { type Attempt, attempt, cancelIntent } from "../money/payments";
import type { Invoice, InvoiceLine, Subscription, UsagePeriod } from "../objects/objects";
import type { World } from "../world";
import { makeInvoice } from "./draft-invoice";
import { usageLines } from "./metered";
import { totalsOf } from "./totals";

const DAY = 86_400;
/** Retries, in days after a failed payment. After the last one the subscription ends. */
const RETRIES = [3, 5, 7] as const;

/** The invoice of an ended period, to which late usage is still added. */
export function invoicePeriod(
  world: World,
  subscription: Subscription,
  { lines, usage }: { lines: InvoiceLine[]; usage: UsagePeriod[] },
): void {
  const invoice = makeInvoice(world, subscription, { billing_reason: "subscription_cycle", lines });
  world.state.draft_usage[invoice.id] = usage;
}

/** The last invoice of a subscription that ends within its period: its usage so far, finalized at once. */
export function invoiceUsageSoFar(world: World, subscription: Subscription): void {
  // Includes the present second.
  const usage = usagePeriods(world, subscription).map((period) => ({ ...period, end: world.now() + 1 }));
  if (usage.length === 0) return;
  const lines = usageLines(world, subscription.customer, usage);
  finalize(world, makeInvoice(world, subscription, { billing_reason: "subscription_cycle", lines }));
}

/** Finalizes a draft and collects it, unless told not to. One that cannot be finalized stays a draft with an error. */
export function finalize(
  world: World,
  invoice: Invoice,
  { collects = true }: { collects?: boolean } = {},
): void {
  if (invoice.status !== "draft") {
    throw invalid("This invoice is already finalized, you can't re-finalize a non-draft invoice.");
  }
  invoice.automatically_finalizes_at = null;
  if (world.state.unfinalizable.includes(invoice.customer)) {
    invoice.last_finalization_error = {
      type: "invalid_request_error",
      code: "customer_tax_location_invalid",
      message: "The customer's location isn't recognized. Set a valid customer address to calculate tax.",
    };
    invoice.automatic_tax.status = "requires_location_inputs";
    world.emit("invoice.finalization_failed", invoice);
    return;
  }
  const usage = world.state.draft_usage[invoice.id] ?? [];
  delete world.state.draft_usage[invoice.id];
  invoice.lines.data.push(...usageLines(world, invoice.customer, usage));
  const subscription = subscriptionOf(world, invoice);
  Object.assign(invoice, totalsOf(world, subscription, invoice.lines.data));
  takeBalance(world, invoice);
  world.state.invoices_made += 1;
  invoice.last_finalization_error = null;
  invoice.status = "open";
  invoice.number = `AGATHA-${String(world.state.invoices_made).padStart(4, "0")}`;
  invoice.hosted_invoice_url = `${world.url}/i/${invoice.id}`;
  invoice.invoice_pdf = `${world.url}/i/${invoice.id}/pdf`;
  invoice.status_transitions.finalized_at = world.now();
  if (subscription.days_until_due !== null) {
    invoice.due_date = world.now() + subscription.days_until_due * DAY;
  }
  world.emit("invoice.finalized", invoice);
  if (collects) collect(world, invoice);
}

/** Uses up the customer's credit; a negative invoice becomes credit. */
function takeBalance(world: World, invoice: Invoice): void {
  const customer = world.state.customers[invoice.customer];
  const used = invoice.total < 0 ? invoice.total : invoice.total - invoice.amount_due;
  invoice.ending_balance = invoice.starting_balance + used;
  if (customer !== undefined) customer.balance = invoice.ending_balance;
}

/** Marks an invoice as paid in any way: pending changes apply, and an overdue subscription becomes active again. */
export function markPaid(world: World, invoice: Invoice): void {
  invoice.status = "paid";
  invoice.attempted = true;
  invoice.attempt_count ||= 1;
  invoice.next_payment_attempt = null;
  invoice.amount_paid = invoice.amount_due;
  invoice.amount_remaining = 0;
  invoice.status_transitions.paid_at = world.now();
  world.emit("invoice.paid", invoice);
  world.emit("invoice.payment_succeeded", invoice);
  const subscription = subscriptionOf(world, invoice);
  if (world.state.pending_invoices[subscription.id] === invoice.id) applyPending(world, subscription);
  revive(world, subscription);
}

/** Tries to collect an open invoice without the customer present. True when it was paid. */
export function collect(world: World, invoice: Invoice): boolean {
  const subscription = subscriptionOf(world, invoice);
  // An emailed invoice waits for its recipient.
  if (subscription.collection_method === "send_invoice") return false;
  invoice.attempted = true;
  const outcome = attempt(world, invoice, { present: false });
  if (outcome !== "paid") {
    fail(world, { invoice, subscription, outcome });
    return false;
  }
  markPaid(world, invoice);
  return true;
}

/** An extra attempt by the API or a page, which does not move the retries. */
export function payNow(
  world: World,
  invoice: Invoice,
  how: { present: boolean; confirmed?: boolean },
): Attempt {
  invoice.attempted = true;
  const outcome = attempt(world, invoice, how);
  if (outcome === "paid") markPaid(world, invoice);
  else tell(world, invoice, outcome);
  return outcome;
}

export function voidInvoice(world: World, invoice: Invoice): void {
  if (invoice.status !== "open" && invoice.status !== "uncollectible") {
    throw invalid("You can only pass in open or uncollectible invoices. This invoice isn't open.");
  }
  invoice.status_transitions.voided_at = world.now();
  close(world, invoice, "void");
  world.emit("invoice.voided", invoice);
  const subscription = subscriptionOf(world, invoice);
  if (world.state.pending_invoices[subscription.id] === invoice.id) dropPending(world, subscription);
  revive(world, subscription);
}

export function markUncollectible(world: World, invoice: Invoice): void {
  if (invoice.status !== "open") {
    throw invalid("You can only pass in open invoices. This invoice isn't open.");
  }
  invoice.status_transitions.marked_uncollectible_at = world.now();
  close(world, invoice, "uncollectible");
  world.emit("invoice.marked_uncollectible", invoice);
  revive(world, subscriptionOf(world, invoice));
}

/** An emailed invoice was not paid in time. */
export function fallOverdue(world: World, invoice: Invoice): void {
  world.state.overdue.push(invoice.id);
  const subscription = subscriptionOf(world, invoice);
  if (subscription.status === "active") {
    subscription.status = "past_due";
    world.emit("customer.subscription.updated", subscription);
  }
  world.emit("invoice.overdue", invoice);
}

/** Drops a pending update that was not paid in time, with its invoice. */
export function expirePending(world: World, subscription: Subscription): void {
  const invoice = world.state.invoices[world.state.pending_invoices[subscription.id] ?? ""];
  if (invoice?.status === "open") voidInvoice(world, invoice);
  else dropPending(world, subscription);
}

function close(world: World, invoice: Invoice, status: "void" | "uncollectible"): void {
  invoice.status = status;
  invoice.next_payment_attempt = null;
  invoice.auto_advance = false;
  if (status === "void") cancelIntent(world, invoice.id);
}

function applyPending(world: World, subscription: Subscription): void {
  const wanted = subscription.pending_update?.subscription_items ?? [];
  for (const { id, price } of wanted) {
    const item = subscription.items.data.find((one) => one.id === id);
    if (item !== undefined) item.price = price;
  }
  delete world.state.pending_invoices[subscription.id];
  subscription.pending_update = null;
  world.emit("customer.subscription.pending_update_applied", subscription);
  world.emit("customer.subscription.updated", subscription);
}

function dropPending(world: World, subscription: Subscription): void {
  delete world.state.pending_invoices[subscription.id];
  if (subscription.pending_update === null) return;
  subscription.pending_update = null;
  world.emit("customer.subscription.pending_update_expired", subscription);
}

type Failed = { invoice: Invoice; subscription: Subscription; outcome: Exclude<Attempt, "paid"> };

function fail(world: World, { invoice, subscription, outcome }: Failed): void {
  const days = RETRIES[invoice.attempt_count];
  invoice.attempt_count += 1;
  const isPending = world.state.pending_invoices[subscription.id] === invoice.id;
  const { status } = subscription;
  const goesOn = status !== "canceled" && !isPending;
  invoice.next_payment_attempt = days === undefined || !goesOn ? null : world.now() + days * DAY;
  if (goesOn && status === "active") subscription.status = "past_due";
  tell(world, invoice, outcome);
  if (!goesOn) return;
  if (days === undefined) giveUp(world, subscription);
  else if (status !== subscription.status) world.emit("customer.subscription.updated", subscription);
}

/** After the last retry: as the account's settings say. */
function giveUp(world: World, subscription: Subscription): void {
  if (world.state.after_retries === "cancel") {
    endSubscription(world, subscription);
    subscription.cancellation_details.reason = "payment_failed";
    return;
  }
  subscription.status = world.state.after_retries;
  world.emit("customer.subscription.updated", subscription);
}

/** Where a bank asks for confirmation, Stripe sends both: action required, and payment failed. */
function tell(world: World, invoice: Invoice, outcome: Exclude<Attempt, "paid">): void {
  if (outcome === "requires_action") world.emit("invoice.payment_action_required", invoice);
  world.emit("invoice.payment_failed", invoice);
}

export function subscriptionOf(world: World, invoice: Invoice): Subscription {
  const { subscription } = invoice.parent.subscription_details;
  return world.find(world.state.subscriptions, subscription, "subscription");
}
