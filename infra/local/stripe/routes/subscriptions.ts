import {
  addItem,
  charge,
  endSubscription,
  invoiceUsageSoFar,
  itemOf,
  makeInvoice,
  prorationLines,
  settle,
} from "../billing";
import { invalid } from "../failure";
import { type Fields, flag, groups, integer, metadata, needed, text } from "../form";
import type { Subscription } from "../objects";
import { page, type Route } from "../route";
import type { World } from "../world";

const file = "Subscriptions.d.ts";

export const subscriptionRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/v1/subscriptions",
    parameters: [file, "SubscriptionListParams"],
    serve: (call) => {
      const [customer, status] = [text(call.input, "customer"), text(call.input, "status")];
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
    serve: ({ world, id, input }) => {
      const subscription = world.find(world.state.subscriptions, id, "subscription");
      if (subscription.status === "canceled") {
        throw invalid("A canceled subscription can only update its metadata.");
      }
      const cancel = flag(input, "cancel_at_period_end");
      if (cancel !== undefined && subscription.schedule !== null) {
        throw invalid(
          `The subscription is managed by the subscription schedule ${subscription.schedule}, and updating any cancelation behavior directly is not allowed. Please update the schedule instead.`,
        );
      }
      for (const wanted of groups(input, "items")) {
        if (text(wanted, "id") === undefined) addMetered(world, subscription, wanted);
        else changePrice(world, subscription, wanted, input);
      }
      if (cancel !== undefined) {
        subscription.cancel_at_period_end = cancel;
        subscription.cancel_at = cancel ? itemOf(world, subscription).current_period_end : null;
        subscription.canceled_at = cancel ? world.now() : null;
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
    serve: ({ world, id, input }) => {
      const subscription = world.find(world.state.subscriptions, id, "subscription");
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
  if (text(input, "proration_behavior") === "always_invoice") {
    const at = prorationDate(world, subscription, integer(input, "proration_date"));
    const lines = prorationLines(world, subscription, { price, at });
    const due = lines.reduce((sum, { amount }) => sum + amount, 0);
    // Throws the card's refusal before anything has changed, which is what `error_if_incomplete` asks for.
    if (text(input, "payment_behavior") !== "error_if_incomplete") {
      throw invalid("This stand-in knows error_if_incomplete only.", "payment_behavior");
    }
    charge(world.state.cards[subscription.customer], due, { present: false });
    item.price = price;
    const invoice = makeInvoice(world, subscription, "subscription_update", lines);
    settle(world, invoice);
    world.emit("invoice.paid", invoice);
  } else item.price = price;
}

export function prorationDate(world: World, subscription: Subscription, asked: number | undefined): number {
  const { current_period_start: start, current_period_end: end } = itemOf(world, subscription);
  const at = asked ?? world.now();
  if (at < start || at > end) {
    throw invalid("proration_date must be within the current billing period.", "proration_date");
  }
  return at;
}
