import { invalid } from "../api/failure";
import type { Charge, Dispute, Refund } from "../objects/objects";
import type { World } from "../world";
import { paymentIntentOf } from "./payments";

/** The charge that paid an invoice. */
export function chargeOfInvoice(world: World, invoiceId: string): Charge {
  const id = paymentIntentOf(world, invoiceId)?.latest_charge ?? "";
  return world.find(world.state.charges, id, "charge");
}

/** Refunds a charge, all of the rest or a part. As at Stripe, the invoice stays paid. */
export function refund(
  world: World,
  charge: Charge,
  { amount, reason = null }: { amount?: number; reason?: Refund["reason"] } = {},
): Refund {
  const left = charge.amount_captured - charge.amount_refunded;
  if (left === 0) {
    throw invalid(`Charge ${charge.id} has already been refunded.`, "charge", "charge_already_refunded");
  }
  if (charge.disputed)
    throw invalid(`Charge ${charge.id} has been charged back.`, "charge", "charge_disputed");
  const given = amount ?? left;
  if (given < 1 || given > left) {
    throw invalid(
      `Refund amount (${given}) is greater than unrefunded amount on charge (${left}).`,
      "amount",
    );
  }
  const made: Refund = {
    id: world.id("re"),
    object: "refund",
    created: world.now(),
    amount: given,
    currency: charge.currency,
    charge: charge.id,
    payment_intent: charge.payment_intent,
    reason,
    status: "succeeded",
    metadata: {},
  };
  world.state.refunds[made.id] = made;
  charge.amount_refunded += given;
  charge.refunded = charge.amount_refunded === charge.amount;
  world.emit("charge.refunded", charge);
  world.emit("refund.created", made);
  return made;
}

/** The customer's bank takes a payment back and opens a dispute. */
export function openDispute(world: World, charge: Charge, reason: Dispute["reason"] = "fraudulent"): Dispute {
  const dispute: Dispute = {
    id: world.id("dp"),
    object: "dispute",
    created: world.now(),
    amount: charge.amount - charge.amount_refunded,
    currency: charge.currency,
    charge: charge.id,
    payment_intent: charge.payment_intent,
    reason,
    status: "needs_response",
    is_charge_refundable: false,
    metadata: {},
    livemode: false,
  };
  world.state.disputes[dispute.id] = dispute;
  charge.disputed = true;
  world.emit("charge.dispute.created", dispute);
  world.emit("charge.dispute.funds_withdrawn", dispute);
  return dispute;
}

export function closeDispute(world: World, dispute: Dispute, status: "won" | "lost"): void {
  dispute.status = status;
  const charge = world.state.charges[dispute.charge];
  if (status === "won" && charge !== undefined) charge.disputed = false;
  if (status === "won") world.emit("charge.dispute.funds_reinstated", dispute);
  world.emit("charge.dispute.closed", dispute);
}
