import { type Incident, recordIncident } from "../../incidents/incidents";
import { subscriptionOf } from "../../invoices/stripe-invoice";
import { microsOfCents } from "../../prices/plan-prices";
import type { Stripe } from "../../stripe/stripe-client";
import { unlessMissing } from "../../stripe/stripe-errors";
import type { EventHandler } from "./event-handler";

/**
 * Dispute states in which we do not have the money. A warning is only a question; after `won` and `prevented` it is
 * back.
 */
const takenBack: ReadonlySet<string> = new Set([
  "needs_response",
  "under_review",
  "lost",
  "appeal_needs_response",
  "appeal_under_review",
]);
const over: ReadonlySet<string> = new Set(["won", "lost", "warning_closed", "prevented"]);

/** `charge.refunded` and `refund.failed`. A full refund means that the period is not paid for. */
export const moneyRefunded: EventHandler = async ({ stripe, event, orgId, clock }) => {
  if (event.objectId === null) return undefined;
  const id = event.objectId.startsWith("re_") ? await chargeOfRefund(stripe, event.objectId) : event.objectId;
  const charge = id === undefined ? undefined : await stripe.charges.retrieve(id).catch(unlessMissing);
  if (charge === undefined) return undefined;
  const incident: Incident = {
    orgId,
    kind: "refund",
    objectId: charge.id,
    state: charge.refunded ? "refunded" : "partly_refunded",
    micros: microsOfCents(charge.amount_refunded),
    ...(charge.refunded ? await paidFor(stripe, charge) : nothing),
    settled: charge.amount_refunded === 0,
  };
  return { write: (tx) => recordIncident(tx, incident, clock.now()) };
};

/** `charge.dispute.*`: the customer's bank takes the money back until the dispute is won. */
export const chargeDisputed: EventHandler = async ({ stripe, event, orgId, clock }) => {
  if (event.objectId === null) return undefined;
  const dispute = await stripe.disputes.retrieve(event.objectId).catch(unlessMissing);
  if (dispute === undefined) return undefined;
  const id = typeof dispute.charge === "string" ? dispute.charge : dispute.charge.id;
  const charge = await stripe.charges.retrieve(id).catch(unlessMissing);
  const gone = charge !== undefined && takenBack.has(dispute.status);
  const incident: Incident = {
    orgId,
    kind: "dispute",
    objectId: dispute.id,
    state: dispute.status,
    micros: microsOfCents(dispute.amount),
    ...(gone ? await paidFor(stripe, charge) : nothing),
    // An operator has to decide what follows from a lost dispute.
    settled: over.has(dispute.status) && dispute.status !== "lost",
  };
  return { write: (tx) => recordIncident(tx, incident, clock.now()) };
};

/** The customer of a dispute or refund, which name only their charge. */
export async function customerBehind(
  stripe: Stripe,
  { type, objectId }: { type: string; objectId: string | null },
): Promise<string | undefined> {
  if (objectId === null) return undefined;
  let id: string | undefined;
  if (type.startsWith("charge.dispute.")) {
    const dispute = await stripe.disputes.retrieve(objectId).catch(unlessMissing);
    id = typeof dispute?.charge === "object" ? dispute.charge.id : dispute?.charge;
  } else if (type.startsWith("refund.")) id = await chargeOfRefund(stripe, objectId);
  const charge = id === undefined ? undefined : await stripe.charges.retrieve(id).catch(unlessMissing);
  return typeof charge?.customer === "object" ? charge.customer?.id : charge?.customer;
}

async function chargeOfRefund(stripe: Stripe, id: string): Promise<string | undefined> {
  const refund = await stripe.refunds.retrieve(id).catch(unlessMissing);
  return (typeof refund?.charge === "object" ? refund.charge?.id : refund?.charge) ?? undefined;
}

type PaidFor = Pick<Incident, "subscriptionId" | "planLostUntil">;

const nothing: PaidFor = { subscriptionId: null, planLostUntil: null };

/** The subscription that a charge paid for, and the end of the paid period. */
async function paidFor(stripe: Stripe, { payment_intent }: Stripe.Charge): Promise<PaidFor> {
  const intent = typeof payment_intent === "object" ? payment_intent?.id : payment_intent;
  if (!intent) return nothing;
  const { data } = await stripe.invoicePayments.list({
    payment: { type: "payment_intent", payment_intent: intent },
    limit: 1,
  });
  const paid = data[0]?.invoice;
  if (paid === undefined) return nothing;
  const invoice = await stripe.invoices
    .retrieve(typeof paid === "string" ? paid : paid.id)
    .catch(unlessMissing);
  const subscriptionId = invoice === undefined ? undefined : subscriptionOf(invoice);
  const ends = invoice?.lines.data.map(({ period }) => period.end) ?? [];
  if (subscriptionId === undefined || ends.length === 0) return nothing;
  return { subscriptionId, planLostUntil: new Date(Math.max(...ends) * 1_000) };
}
