import { itemOf, periodLine, prorationLines, usagePeriods } from "../../billing";
import { draftInvoice } from "../../invoices/draft-invoice";
import { finalize, markPaid, markUncollectible, payNow, voidInvoice } from "../../invoices/invoice-life";
import { usageLines } from "../../invoices/metered";
import { declined, Failure, invalid } from "../failure";
import { flag, group, groups, integer, needed, text } from "../form";
import { page, type Route } from "../route";
import { prorationDate } from "./subscriptions";

const file = "Invoices.d.ts";

export const invoiceRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/v1/invoices",
    parameters: [file, "InvoiceListParams"],
    acts: ["customer", "status", "subscription"],
    serve: (call) => {
      const { input, world } = call;
      const customer = world.listedCustomer(text(input, "customer"));
      const [status, subscription] = ["status", "subscription"].map((name) => text(input, name));
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
    acts: [
      "subscription",
      "preview_mode",
      "subscription_details[items][id]",
      "subscription_details[items][price]",
      "subscription_details[proration_behavior]",
      "subscription_details[proration_date]",
    ],
    serve: ({ world, input }) => {
      const subscription = world.named(world.state.subscriptions, needed(input, "subscription"), {
        kind: "subscription",
        param: "subscription",
      });
      if (subscription.status === "canceled") {
        throw new Failure(404, {
          type: "invalid_request_error",
          code: "invoice_upcoming_none",
          message: `No upcoming invoices for customer: ${subscription.customer}`,
        });
      }
      const details = group(input, "subscription_details");
      const [wanted] = groups(details, "items");
      const id = world.id("upcoming_in");
      const price = wanted && world.price(needed(wanted, "price")).id;
      if (wanted !== undefined && text(wanted, "id") !== itemOf(world, subscription).id) {
        throw invalid("Invalid subscription item.", "subscription_details[items][0][id]");
      }
      if (text(input, "preview_mode") === "recurring") {
        // The price of each period: only the plan as it would be, without usage or proration.
        const lines = [periodLine(world, subscription, price)];
        return draftInvoice(world, subscription, { billing_reason: "upcoming", lines }, id);
      }
      if (price === undefined) {
        const usage = usageLines(world, subscription.customer, usagePeriods(world, subscription));
        const next = [periodLine(world, subscription), ...usage];
        return draftInvoice(world, subscription, { billing_reason: "upcoming", lines: next }, id);
      }
      const at = prorationDate(world, subscription, integer(details, "proration_date"));
      const lines = prorationLines(world, subscription, { price, at });
      return draftInvoice(world, subscription, { billing_reason: "upcoming", lines }, id);
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
    acts: ["payment_method", "off_session", "paid_out_of_band"],
    serve: ({ world, id, input }) => {
      const invoice = world.find(world.state.invoices, id, "invoice");
      if (invoice.status === "draft") finalize(world, invoice, { collects: false });
      if (invoice.status === "paid") throw invalid("Invoice is already paid");
      if (invoice.status === "void") throw invalid("Voided invoices cannot be paid.");
      if (flag(input, "paid_out_of_band") === true) {
        markPaid(world, invoice);
        return invoice;
      }
      const method = text(input, "payment_method");
      if (method !== undefined) {
        world.named(world.state.payment_methods, method, { kind: "PaymentMethod", param: "payment_method" });
      }
      const outcome = payNow(world, invoice, { present: flag(input, "off_session") === false });
      if (outcome === "declined") throw declined();
      if (outcome === "requires_action") {
        throw new Failure(402, {
          type: "card_error",
          code: "invoice_payment_intent_requires_action",
          message: "This payment requires additional user action before it can be completed successfully.",
        });
      }
      return invoice;
    },
  },
  {
    method: "POST",
    path: "/v1/invoices/:id/finalize",
    parameters: [file, "InvoiceFinalizeInvoiceParams"],
    acts: ["auto_advance"],
    serve: ({ world, id, input }) => {
      const invoice = world.find(world.state.invoices, id, "invoice");
      finalize(world, invoice, { collects: flag(input, "auto_advance") !== false });
      return invoice;
    },
  },
  {
    method: "POST",
    path: "/v1/invoices/:id/void",
    parameters: [file, "InvoiceVoidInvoiceParams"],
    serve: ({ world, id }) => {
      const invoice = world.find(world.state.invoices, id, "invoice");
      voidInvoice(world, invoice);
      return invoice;
    },
  },
  {
    method: "POST",
    path: "/v1/invoices/:id/mark_uncollectible",
    parameters: [file, "InvoiceMarkUncollectibleParams"],
    serve: ({ world, id }) => {
      const invoice = world.find(world.state.invoices, id, "invoice");
      markUncollectible(world, invoice);
      return invoice;
    },
  },
];
