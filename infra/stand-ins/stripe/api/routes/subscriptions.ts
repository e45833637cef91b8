import { addItem, endSubscription, itemOf, planEnd, prorationLines } from "../../billing";
import { makeInvoice } from "../../invoices/draft-invoice";
import { finalize, invoiceUsageSoFar } from "../../invoices/invoice-life";
import { totalsOf } from "../../invoices/totals";
import { charge } from "../../money/payments";
import type { Subscription } from "../../objects/objects";
import type { World } from "../../world";
import { invalid, missing } from "../failure";
import { type Fields, flag, groups, integer, metadata, needed, text } from "../form";
import { page, type Route } from "../route";

const file = "Subscriptions.d.ts";
/** How long a pending update waits for payment. */
const PENDING_SECONDS = 23 * 3_600;

export const subscriptionRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/v1/subscriptions",
    parameters: [file, "SubscriptionListParams"],
    acts: ["customer", "status"],
    serve: (call) => {
      const customer = call.world.listedCustomer(text(call.input, "customer"));
      const status = text(call.input, "status");
      const found = Object.values(call.world.state.subscriptions).filter(
        (one) =>
          (customer === undefined || one.customer === customer) &&
          (status === "all" || (status === undefined ? one.status !== "canceled" : one.status === status)),
      );
      return page(call, found, "/v1/subscriptions");
    },
  },
  {
    method: "GET",
    path: "/v1/subscriptions/:id",
    parameters: [file, "SubscriptionRetrieveParams"],
    serve: ({ world, id }) => world.find(world.state.subscriptions, id, "subscription"),
  },
  {
    method: "POST",
    path: "/v1/subscriptions/:id",
    parameters: [file, "SubscriptionUpdateParams"],
    acts: [
      "items[id]",
      "items[price]",
      "items[quantity]",
      "cancel_at",
      "cancel_at_period_end",
      "proration_behavior",
      "proration_date",
      "payment_behavior",
      "metadata",
    ],
    serve: ({ world, id, input }) => {
      const subscription = world.find(world.state.subscriptions, id, "subscription");
      if (subscription.status === "canceled") {
        throw invalid("A canceled subscription can only update its cancellation_details and metadata.");
      }
      const cancel = flag(input, "cancel_at_period_end");
      if (cancel !== undefined && "cancel_at" in input) {
        throw invalid(
          "You may only specify one of these parameters: cancel_at, cancel_at_period_end.",
          "cancel_at",
        );
      }
      if ((cancel !== undefined || "cancel_at" in input) && subscription.schedule !== null) {
        throw invalid(
          `The subscription is managed by the subscription schedule ${subscription.schedule}, and updating any cancelation behavior directly is not allowed. Please update the schedule instead.`,
        );
      }
      for (const wanted of groups(input, "items")) {
        if (text(wanted, "id") === undefined) addMetered(world, subscription, wanted);
        else changePrice(world, subscription, wanted, input);
      }
      if (cancel !== undefined) {
        const { cancel_at } = subscription;
        // False takes back a cancellation made by `true`, but not one with a date.
        if (cancel) {
          planEnd(world, subscription, {
            at: itemOf(world, subscription).current_period_end,
            atPeriodEnd: true,
          });
        } else if (subscription.cancel_at_period_end || cancel_at === null) {
          planEnd(world, subscription, { at: null, atPeriodEnd: false });
        }
      }
      if ("cancel_at" in input) {
        planEnd(world, subscription, { at: endAsked(world, subscription, input), atPeriodEnd: false });
      }
      subscription.metadata = metadata(input, subscription.metadata);
      world.emit("customer.subscription.updated", subscription);
      return subscription;
    },
  },
  {
    method: "DELETE",
    path: "/v1/subscriptions/:id",
    parameters: [file, "SubscriptionCancelParams"],
    acts: ["invoice_now"],
    serve: ({ world, id, input }) => {
      const subscription = world.find(world.state.subscriptions, id, "subscription");
      if (subscription.status === "canceled") throw missing("subscription", id);
      endSubscription(world, subscription);
      if (flag(input, "invoice_now") === true) invoiceUsageSoFar(world, subscription);
      return subscription;
    },
  },
];

function addMetered(world: World, subscription: Subscription, wanted: Fields): void {
  const price = world.price(needed(wanted, "price")).id;
  if (!world.isMetered(price))
    throw invalid("This stand-in sells one plan a subscription.", "items[0][price]");
  if (text(wanted, "quantity") !== undefined) {
    throw invalid("A metered price takes no quantity.", "items[0][quantity]");
  }
  if (subscription.items.data.some((item) => item.price === price)) {
    throw invalid("Cannot add multiple subscription items with the same price.", "items[0][price]");
  }
  addItem(world, subscription, price);
}

function changePrice(world: World, subscription: Subscription, wanted: Fields, input: Fields): void {
  const item = itemOf(world, subscription);
  if (text(wanted, "id") !== item.id) {
    throw invalid("This stand-in changes the plan's item alone.", "items[0][id]");
  }
  const price = world.price(needed(wanted, "price")).id;
  if (price === item.price) return;
  if (text(input, "proration_behavior") !== "always_invoice") {
    item.price = price;
    return;
  }
  const at = prorationDate(world, subscription, integer(input, "proration_date"));
  const lines = prorationLines(world, subscription, { price, at });
  const behavior = text(input, "payment_behavior") ?? "allow_incomplete";
  const { amount_due } = totalsOf(world, subscription, lines);
  if (behavior === "error_if_incomplete") {
    // Throws a refused card before anything has changed.
    charge(world.state.cards[subscription.customer], amount_due, { present: false });
  }
  if (behavior === "pending_if_incomplete") {
    subscription.pending_update = {
      billing_cycle_anchor: null,
      expires_at: world.now() + PENDING_SECONDS,
      subscription_items: subscription.items.data.map((one) => (one === item ? { ...one, price } : one)),
      trial_end: null,
      trial_from_plan: null,
    };
  } else item.price = price;
  const invoice = makeInvoice(world, subscription, { billing_reason: "subscription_update", lines });
  if (behavior === "pending_if_incomplete") world.state.pending_invoices[subscription.id] = invoice.id;
  finalize(world, invoice);
}

/** The second at which it should end; null takes that back. */
function endAsked(world: World, subscription: Subscription, input: Fields): number | null {
  const asked = text(input, "cancel_at");
  if (asked === undefined) return null;
  const ends = subscription.items.data.map(({ current_period_end }) => current_period_end);
  if (asked === "min_period_end") return Math.min(...ends);
  if (asked === "max_period_end") return Math.max(...ends);
  const at = integer(input, "cancel_at") ?? 0;
  if (at <= world.now()) throw invalid("cancel_at must be in the future.", "cancel_at");
  return at;
}

export function prorationDate(world: World, subscription: Subscription, asked: number | undefined): number {
  const { current_period_start: start, current_period_end: end } = itemOf(world, subscription);
  const at = asked ?? world.now();
  if (at < start || at > end) {
    throw invalid("proration_date must be within the current billing period.", "proration_date");
  }
  return at;
}
