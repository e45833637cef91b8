import {
  charge,
  draftInvoice,
  itemOf,
  periodLine,
  prorationLines,
  revive,
  settle,
  usagePeriods,
} from "../billing";
import { invalid } from "../failure";
import { group, groups, integer, needed, text } from "../form";
import { usageLines } from "../metered";
import { page, type Route } from "../route";
import { prorationDate } from "./subscriptions";

const file = "Invoices.d.ts";

export const invoiceRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/v1/invoices",
    parameters: [file, "InvoiceListParams"],
    serve: (call) => {
      const { input, world } = call;
      const [customer, status, subscription] = ["customer", "status", "subscription"].map((name) =>
        text(input, name),
      );
      const found = Object.values(world.state.invoices).filter(
        (invoice) =>
          (customer === undefined || invoice.customer === customer) &&
          (status === undefined || invoice.status === status) &&
          (subscription === undefined || invoice.parent.subscription_details.subscription === subscription),
      );
      return page(call, found, "/v1/invoices");
    },
  },
  {
    method: "POST",
    path: "/v1/invoices/create_preview",
    parameters: [file, "InvoiceCreatePreviewParams"],
    serve: ({ world, input }) => {
      const subscription = world.find(
        world.state.subscriptions,
        needed(input, "subscription"),
        "subscription",
      );
      const details = group(input, "subscription_details");
      const [wanted] = groups(details, "items");
      const id = world.id("upcoming_in");
      if (wanted === undefined) {
        const usage = usageLines(world, subscription.customer, usagePeriods(world, subscription));
        const next = [periodLine(world, subscription), ...usage];
        return draftInvoice(world, subscription, "upcoming", next, id);
      }
      if (text(wanted, "id") !== itemOf(world, subscription).id) {
        throw invalid("Invalid subscription item.", "subscription_details[items][0][id]");
      }
      const at = prorationDate(world, subscription, integer(details, "proration_date"));
      const price = world.price(needed(wanted, "price")).id;
      const lines = prorationLines(world, subscription, { price, at });
      return draftInvoice(world, subscription, "upcoming", lines, id);
    },
  },
  {
    method: "GET",
    path: "/v1/invoices/:id",
    parameters: [file, "InvoiceRetrieveParams"],
    serve: ({ world, id }) => world.find(world.state.invoices, id, "invoice"),
  },
  {
    method: "POST",
    path: "/v1/invoices/:id/pay",
    parameters: [file, "InvoicePayParams"],
    serve: ({ world, id }) => {
      const invoice = world.find(world.state.invoices, id, "invoice");
      if (invoice.status !== "open") throw invalid("Invoice is already paid or void.");
      charge(world.state.cards[invoice.customer], invoice.amount_due, { present: false });
      settle(world, invoice);
      world.emit("invoice.paid", invoice);
      const { subscription } = invoice.parent.subscription_details;
      revive(world, world.find(world.state.subscriptions, subscription, "subscription"));
      return invoice;
    },
  },
];
