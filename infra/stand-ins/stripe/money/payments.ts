import { declined, Failure, mustConfirm } from "../api/failure";
import type { Card, Charge, Invoice, PaymentIntent, PaymentMethod } from "../objects/objects";
import type { World } from "../world";

/** Throws the card's refusal, if it refuses. */
export function charge(card: Card | undefined, amount: number, { present }: { present: boolean }): void {
  if (amount <= 0) return;
  if (card === undefined || card.behavior === "declines") throw declined();
  if (!present && card.behavior === "fails_later") throw declined();
  if (!present && card.behavior === "confirms") throw mustConfirm();
}

/** Makes a card the customer's default; the previous one is detached. */
export function setCard(world: World, customerId: string, card: Card): PaymentMethod {
  const method: PaymentMethod = {
    id: world.id("pm"),
    object: "payment_method",
    created: world.now(),
    customer: customerId,
    type: "card",
    card: { brand: "visa", last4: card.last4, exp_month: 12, exp_year: 2040, funding: "credit" },
    metadata: {},
    livemode: false,
  };
  world.state.cards[customerId] = card;
  world.state.payment_methods[method.id] = method;
  world.emit("payment_method.attached", method);
  const customer = world.state.customers[customerId];
  if (customer === undefined) return method;
  const before = world.state.payment_methods[customer.invoice_settings?.default_payment_method ?? ""];
  customer.invoice_settings = { default_payment_method: method.id };
  world.emit("customer.updated", customer);
  if (before !== undefined) {
    before.customer = null;
    world.emit("payment_method.detached", before);
  }
  return method;
}

export function paymentIntentOf(world: World, invoiceId: string): PaymentIntent | undefined {
  const { invoice_payments, payment_intents } = world.state;
  const paid = Object.values(invoice_payments).find(({ invoice }) => invoice === invoiceId);
  return paid && payment_intents[paid.payment.payment_intent];
}

export type Attempt = "paid" | "declined" | "requires_action";

/** One attempt to charge an invoice to the customer's card, with its intent, charge and events. */
export function attempt(
  world: World,
  invoice: Invoice,
  { present, confirmed = false }: { present: boolean; confirmed?: boolean },
): Attempt {
  if (invoice.amount_due <= 0) return "paid";
  const intent = paymentIntentOf(world, invoice.id) ?? newIntent(world, invoice);
  const card = world.state.cards[invoice.customer];
  intent.payment_method =
    world.state.customers[invoice.customer]?.invoice_settings?.default_payment_method ?? null;
  try {
    charge(card, invoice.amount_due, { present: present || confirmed });
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return refused(world, invoice, { intent, failure: error });
  }
  succeed(world, invoice, intent);
  return "paid";
}

/** The bank does not recognize the person: the intent waits for another payment method. */
export function denyConfirmation(world: World, invoice: Invoice): void {
  const intent = paymentIntentOf(world, invoice.id);
  if (intent?.status !== "requires_action") return;
  intent.status = "requires_payment_method";
  intent.next_action = null;
  intent.last_payment_error = {
    type: "card_error",
    code: "payment_intent_authentication_failure",
    message: "The customer could not be authenticated.",
  };
  world.emit("payment_intent.payment_failed", intent);
}

/** Cancels the intent of an invoice that does not have to be paid any more. */
export function cancelIntent(world: World, invoiceId: string): void {
  const intent = paymentIntentOf(world, invoiceId);
  if (intent === undefined || intent.status === "succeeded") return;
  intent.status = "canceled";
  intent.next_action = null;
  for (const payment of Object.values(world.state.invoice_payments)) {
    if (payment.invoice !== invoiceId) continue;
    payment.status = "canceled";
    payment.status_transitions.canceled_at = world.now();
  }
  world.emit("payment_intent.canceled", intent);
}

function newIntent(world: World, invoice: Invoice): PaymentIntent {
  const id = world.id("pi");
  const intent: PaymentIntent = {
    id,
    object: "payment_intent",
    created: world.now(),
    amount: invoice.amount_due,
    amount_received: 0,
    currency: invoice.currency,
    customer: invoice.customer,
    client_secret: `${id}_secret_${world.id("k").slice(2)}`,
    status: "requires_payment_method",
    next_action: null,
    last_payment_error: null,
    latest_charge: null,
    payment_method: null,
    metadata: {},
    livemode: false,
  };
  world.state.payment_intents[id] = intent;
  const payment = world.id("inpay");
  world.state.invoice_payments[payment] = {
    id: payment,
    object: "invoice_payment",
    created: world.now(),
    invoice: invoice.id,
    amount_requested: invoice.amount_due,
    amount_paid: null,
    currency: invoice.currency,
    is_default: true,
    status: "open",
    payment: { type: "payment_intent", payment_intent: id },
    status_transitions: { paid_at: null, canceled_at: null },
    livemode: false,
  };
  return intent;
}

function refused(
  world: World,
  invoice: Invoice,
  { intent, failure }: { intent: PaymentIntent; failure: Failure },
): Attempt {
  const card = world.state.cards[invoice.customer];
  if (card?.behavior === "confirms") {
    intent.status = "requires_action";
    intent.next_action = {
      type: "redirect_to_url",
      redirect_to_url: { url: `${world.url}/i/${invoice.id}`, return_url: null },
    };
    world.emit("payment_intent.requires_action", intent);
    return "requires_action";
  }
  intent.status = "requires_payment_method";
  intent.next_action = null;
  intent.last_payment_error = {
    type: "card_error",
    code: failure.body.code ?? "card_declined",
    message: failure.body.message,
  };
  const made = chargeOf(world, intent, { failure });
  intent.latest_charge = made.id;
  world.emit("charge.failed", made);
  world.emit("payment_intent.payment_failed", intent);
  return "declined";
}

function succeed(world: World, invoice: Invoice, intent: PaymentIntent): void {
  const made = chargeOf(world, intent, {});
  intent.status = "succeeded";
  intent.next_action = null;
  intent.last_payment_error = null;
  intent.amount_received = intent.amount;
  intent.latest_charge = made.id;
  for (const payment of Object.values(world.state.invoice_payments)) {
    if (payment.invoice !== invoice.id) continue;
    payment.status = "paid";
    payment.amount_paid = intent.amount;
    payment.status_transitions.paid_at = world.now();
  }
  world.emit("charge.succeeded", made);
  world.emit("payment_intent.succeeded", intent);
}

function chargeOf(world: World, intent: PaymentIntent, { failure }: { failure?: Failure }): Charge {
  const made: Charge = {
    id: world.id("ch"),
    object: "charge",
    created: world.now(),
    amount: intent.amount,
    amount_captured: failure === undefined ? intent.amount : 0,
    amount_refunded: 0,
    refunded: false,
    disputed: false,
    currency: intent.currency,
    customer: intent.customer,
    payment_intent: intent.id,
    payment_method: intent.payment_method,
    paid: failure === undefined,
    status: failure === undefined ? "succeeded" : "failed",
    failure_code: failure?.body.code ?? null,
    failure_message: failure?.body.message ?? null,
    metadata: {},
    livemode: false,
  };
  world.state.charges[made.id] = made;
  return made;
}
