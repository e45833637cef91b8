import { endSubscription } from "../../billing";
import type { Address, Customer } from "../../objects/objects";
import { invalid } from "../failure";
import { type Fields, group, integer, metadata, text } from "../form";
import { page, type Route } from "../route";

const file = "Customers.d.ts";

export const customerRoutes: readonly Route[] = [
  {
    method: "POST",
    path: "/v1/customers",
    parameters: [file, "CustomerCreateParams"],
    acts: ["email", "name", "metadata", "balance", "address"],
    serve: ({ world, input }) => {
      const customer: Customer = {
        id: world.id("cus"),
        object: "customer",
        created: world.now(),
        email: text(input, "email") ?? null,
        name: text(input, "name") ?? null,
        address: addressOf(input),
        phone: null,
        shipping: null,
        balance: integer(input, "balance") ?? 0,
        currency: null,
        delinquent: false,
        discount: null,
        tax_exempt: "none",
        default_source: null,
        invoice_settings: { default_payment_method: null },
        metadata: metadata(input),
        livemode: false,
      };
      world.state.customers[customer.id] = customer;
      world.emit("customer.created", customer);
      return customer;
    },
  },
  {
    method: "GET",
    path: "/v1/customers",
    parameters: [file, "CustomerListParams"],
    acts: ["email"],
    serve: (call) => {
      const email = text(call.input, "email");
      const all = Object.values(call.world.state.customers);
      const found = all.filter((customer) => email === undefined || customer.email === email);
      return page(call, found, "/v1/customers");
    },
  },
  {
    method: "GET",
    path: "/v1/customers/:id",
    parameters: [file, "CustomerRetrieveParams"],
    serve: ({ world, id }) => {
      if (world.state.customers_deleted.includes(id)) return { id, object: "customer", deleted: true };
      return world.find(world.state.customers, id, "customer");
    },
  },
  {
    method: "POST",
    path: "/v1/customers/:id",
    parameters: [file, "CustomerUpdateParams"],
    // A phone number and a shipping address can only be taken away: nothing here has one.
    acts: [
      ...["email", "name", "phone", "shipping", "metadata", "balance", "address"],
      "invoice_settings[default_payment_method]",
    ],
    serve: ({ world, id, input }) => {
      const customer = world.find(world.state.customers, id, "customer");
      if (customer.name === "[redacted]") throw invalid("This customer was redacted.", "id");
      if ("email" in input) customer.email = text(input, "email") ?? null;
      if ("name" in input) customer.name = text(input, "name") ?? null;
      if ("address" in input) customer.address = addressOf(input);
      customer.balance = integer(input, "balance") ?? customer.balance;
      const method = text(group(input, "invoice_settings"), "default_payment_method");
      if (method !== undefined) {
        const where = "invoice_settings[default_payment_method]";
        world.named(world.state.payment_methods, method, { kind: "PaymentMethod", param: where });
        customer.invoice_settings = { default_payment_method: method };
      }
      customer.metadata = metadata(input, customer.metadata);
      world.emit("customer.updated", customer);
      return customer;
    },
  },
  {
    method: "DELETE",
    path: "/v1/customers/:id",
    parameters: [file, "CustomerDeleteParams"],
    serve: ({ world, id }) => {
      const customer = world.find(world.state.customers, id, "customer");
      for (const subscription of Object.values(world.state.subscriptions)) {
        if (subscription.customer === id && subscription.status !== "canceled") {
          endSubscription(world, subscription);
        }
      }
      for (const session of Object.values(world.state.sessions)) {
        if (session.customer === id && session.status === "open") session.status = "expired";
      }
      delete world.state.customers[id];
      world.state.customers_deleted.push(id);
      world.emit("customer.deleted", customer);
      return { id, object: "customer", deleted: true };
    },
  },
];

function addressOf(input: Fields): Address | null {
  if (!("address" in input) || input.address === "") return null;
  const given = group(input, "address");
  const part = (name: keyof Address) => text(given, name) ?? null;
  return {
    city: part("city"),
    country: part("country"),
    line1: part("line1"),
    line2: part("line2"),
    postal_code: part("postal_code"),
    state: part("state"),
  };
}
