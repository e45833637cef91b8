import { refund } from "../../money/give-back";
import type { Refund } from "../../objects/objects";
import { invalid } from "../failure";
import { group, integer, metadata, text } from "../form";
import { type ApiCall, page, type Route } from "../route";

const reasons = ["duplicate", "fraudulent", "requested_by_customer"] as const;

/** Charges, payment methods, refunds and disputes. */
export const paymentRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/v1/payment_methods",
    parameters: ["PaymentMethods.d.ts", "PaymentMethodListParams"],
    acts: ["customer"],
    serve: (call) => page(call, ofCustomer(call, call.world.state.payment_methods), "/v1/payment_methods"),
  },
  {
    method: "GET",
    path: "/v1/payment_methods/:id",
    parameters: ["PaymentMethods.d.ts", "PaymentMethodRetrieveParams"],
    serve: ({ world, id }) => world.find(world.state.payment_methods, id, "PaymentMethod"),
  },
  {
    method: "POST",
    path: "/v1/payment_methods/:id/detach",
    parameters: ["PaymentMethods.d.ts", "PaymentMethodDetachParams"],
    serve: ({ world, id }) => {
      const method = world.find(world.state.payment_methods, id, "PaymentMethod");
      const customer = world.state.customers[method.customer ?? ""];
      if (customer === undefined) throw invalid("The payment method is not attached to a customer.");
      method.customer = null;
      delete world.state.cards[customer.id];
      if (customer.invoice_settings?.default_payment_method === id)
        customer.invoice_settings = { default_payment_method: null };
      world.emit("payment_method.detached", method);
      return method;
    },
  },
  {
    method: "GET",
    path: "/v1/payment_intents/:id",
    parameters: ["PaymentIntents.d.ts", "PaymentIntentRetrieveParams"],
    serve: ({ world, id }) => world.find(world.state.payment_intents, id, "payment_intent"),
  },
  {
    method: "GET",
    path: "/v1/invoice_payments",
    parameters: ["InvoicePayments.d.ts", "InvoicePaymentListParams"],
    acts: ["invoice", "payment"],
    serve: (call) => {
      const invoice = text(call.input, "invoice");
      const intent = text(group(call.input, "payment"), "payment_intent");
      const found = Object.values(call.world.state.invoice_payments).filter(
        (one) =>
          (invoice === undefined || one.invoice === invoice) &&
          (intent === undefined || one.payment.payment_intent === intent),
      );
      return page(call, found, "/v1/invoice_payments");
    },
  },
  {
    method: "GET",
    path: "/v1/charges",
    parameters: ["Charges.d.ts", "ChargeListParams"],
    acts: ["customer"],
    serve: (call) => page(call, ofCustomer(call, call.world.state.charges), "/v1/charges"),
  },
  {
    method: "GET",
    path: "/v1/charges/:id",
    parameters: ["Charges.d.ts", "ChargeRetrieveParams"],
    serve: ({ world, id }) => world.find(world.state.charges, id, "charge"),
  },
  {
    method: "POST",
    path: "/v1/refunds",
    parameters: ["Refunds.d.ts", "RefundCreateParams"],
    acts: ["charge", "payment_intent", "amount", "reason", "metadata"],
    serve: ({ world, input }) => {
      const intent = text(input, "payment_intent");
      const id = text(input, "charge") ?? world.state.payment_intents[intent ?? ""]?.latest_charge;
      if (id === undefined || id === null) {
        throw invalid(
          "One of the following params should be provided for this request: payment_intent or charge.",
        );
      }
      const charge = world.named(world.state.charges, id, { kind: "charge", param: "charge" });
      const amount = integer(input, "amount");
      const made = refund(world, charge, {
        ...(amount === undefined ? {} : { amount }),
        reason: reasonOf(text(input, "reason")),
      });
      made.metadata = metadata(input);
      return made;
    },
  },
  {
    method: "GET",
    path: "/v1/disputes/:id",
    parameters: ["Disputes.d.ts", "DisputeRetrieveParams"],
    serve: ({ world, id }) => world.find(world.state.disputes, id, "dispute"),
  },
];

const reasonOf = (asked: string | undefined): Refund["reason"] =>
  reasons.find((reason) => reason === asked) ?? null;

function ofCustomer<T extends { customer: string | null }>(
  { world, input }: ApiCall,
  all: Record<string, T>,
): T[] {
  const customer = world.listedCustomer(text(input, "customer"));
  return Object.values(all).filter((one) => customer === undefined || one.customer === customer);
}
