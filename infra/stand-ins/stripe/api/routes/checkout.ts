import { centsFor } from "../../invoices/price-line";
import type { CheckoutSession } from "../../objects/objects";
import { invalid } from "../failure";
import { flag, group, groups, integer, metadata, needed, text } from "../form";
import { page, type Route } from "../route";

const file = "Checkout/Sessions.d.ts";
const DAY = 86_400;

export const checkoutRoutes: readonly Route[] = [
  {
    method: "POST",
    path: "/v1/checkout/sessions",
    parameters: [file, "Checkout.SessionCreateParams"],
    acts: [
      "mode",
      "customer",
      "line_items[price]",
      "line_items[quantity]",
      "success_url",
      "cancel_url",
      "expires_at",
      "metadata",
      "subscription_data[metadata]",
      "allow_promotion_codes",
      "tax_id_collection[enabled]",
      "billing_address_collection",
      "customer_update[name]",
      "customer_update[address]",
      "automatic_tax[enabled]",
    ],
    serve: ({ world, input }) => {
      if (text(input, "mode") !== "subscription") {
        throw invalid("This stand-in knows subscriptions only.", "mode");
      }
      const [line, ...more] = groups(input, "line_items");
      if (line === undefined || more.length > 0) throw invalid("Send one line item.", "line_items");
      const price = world.price(needed(line, "price"));
      const customer = world.customer(needed(input, "customer"));
      const automaticTax = flag(group(input, "automatic_tax"), "enabled") ?? false;
      const keeps = group(input, "customer_update");
      if (automaticTax && customer.address === null && text(keeps, "address") !== "auto") {
        throw invalid(
          "Automatic tax calculation in Checkout requires a valid address on the Customer. Add a valid address to the Customer or set `customer_update[address]` to 'auto' to save the address entered in Checkout to the Customer.",
          "customer_update[address]",
        );
      }
      if (flag(group(input, "tax_id_collection"), "enabled") === true && text(keeps, "name") !== "auto") {
        throw invalid(
          "Tax ID collection requires updating business name on the customer. To enable tax ID collection for an existing customer, please set `customer_update[name]` to `auto`.",
          "customer_update[name]",
        );
      }
      if ((integer(line, "quantity") ?? 1) !== 1) {
        throw invalid("This stand-in sells one of each.", "line_items[0][quantity]");
      }
      const amount = centsFor(price, 1);
      const tax = automaticTax ? Math.round((amount * world.state.tax_percent) / 100) : 0;
      const now = world.now();
      const asked = integer(input, "expires_at");
      // The caller's clock is behind when this one was moved on.
      const expires_at = asked === undefined ? now + DAY : asked + world.state.ahead;
      if (expires_at < now + 30 * 60 - 60 || expires_at > now + DAY + 60) {
        throw invalid("expires_at must be between 30 minutes and 24 hours from now.", "expires_at");
      }
      const id = world.id("cs_test");
      const session: CheckoutSession = {
        id,
        object: "checkout.session",
        created: now,
        expires_at,
        mode: "subscription",
        status: "open",
        payment_status: "unpaid",
        customer: customer.id,
        currency: price.currency,
        amount_subtotal: amount,
        amount_total: amount + tax,
        total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: tax },
        automatic_tax: { enabled: automaticTax, status: automaticTax ? "complete" : null },
        allow_promotion_codes: flag(input, "allow_promotion_codes") ?? null,
        subscription: null,
        invoice: null,
        url: `${world.url}/c/pay/${id}`,
        success_url: needed(input, "success_url"),
        cancel_url: text(input, "cancel_url") ?? null,
        metadata: metadata(input),
        livemode: false,
      };
      world.state.sessions[id] = session;
      world.state.session_orders[id] = {
        price: price.id,
        metadata: metadata(group(input, "subscription_data")),
        automaticTax,
        keepsAddress:
          text(keeps, "address") === "auto" &&
          (automaticTax || text(input, "billing_address_collection") === "required"),
      };
      return session;
    },
  },
  {
    method: "GET",
    path: "/v1/checkout/sessions",
    parameters: [file, "Checkout.SessionListParams"],
    acts: ["customer", "status"],
    serve: (call) => {
      const customer = call.world.listedCustomer(text(call.input, "customer"));
      const status = text(call.input, "status");
      const found = Object.values(call.world.state.sessions).filter(
        (session) =>
          (customer === undefined || session.customer === customer) &&
          (status === undefined || session.status === status),
      );
      return page(call, found, "/v1/checkout/sessions");
    },
  },
  {
    method: "GET",
    path: "/v1/checkout/sessions/:id",
    parameters: [file, "Checkout.SessionRetrieveParams"],
    serve: ({ world, id }) => world.find(world.state.sessions, id, "checkout.session"),
  },
  {
    method: "POST",
    path: "/v1/checkout/sessions/:id/expire",
    parameters: [file, "Checkout.SessionExpireParams"],
    serve: ({ world, id }) => {
      const session = world.find(world.state.sessions, id, "checkout.session");
      if (session.status !== "open") {
        throw invalid(`Only Checkout Sessions with a status in ["open"] can be expired.`);
      }
      session.status = "expired";
      session.url = null;
      world.emit("checkout.session.expired", session);
      return session;
    },
  },
];
