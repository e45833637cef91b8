import { createSubscription } from "../../create-subscription";
import { invalid } from "../failure";
import { flag, group, groups, integer, metadata, needed, text } from "../form";
import type { Route } from "../route";

/** Subscriptions created by the seller and invoiced by email. Customers' own come from a checkout. */
export const agreementRoutes: readonly Route[] = [
  {
    method: "POST",
    path: "/v1/subscriptions",
    parameters: ["Subscriptions.d.ts", "SubscriptionCreateParams"],
    acts: [
      "customer",
      "items[price]",
      "items[quantity]",
      "collection_method",
      "days_until_due",
      "metadata",
      "automatic_tax[enabled]",
    ],
    serve: ({ world, input }) => {
      const daysUntilDue = integer(input, "days_until_due");
      if (text(input, "collection_method") !== "send_invoice" || daysUntilDue === undefined) {
        throw invalid("This stand-in makes subscriptions with collection_method send_invoice.");
      }
      const [item, ...more] = groups(input, "items");
      if (item === undefined || more.length > 0) throw invalid("Name one item.", "items");
      if ((integer(item, "quantity") ?? 1) !== 1)
        throw invalid("This stand-in sells one of each.", "items[0][quantity]");
      return createSubscription(world, {
        customer: world.customer(needed(input, "customer")).id,
        price: world.price(needed(item, "price")).id,
        metadata: metadata(input),
        daysUntilDue,
        automaticTax: flag(group(input, "automatic_tax"), "enabled") ?? false,
      }).subscription;
    },
  },
];
