import { newId, type Tx } from "../../platform";
import { log } from "../../platform/observability/log";

export const incidentKinds = ["finalization_failed", "overdue", "refund", "dispute"] as const;
export type IncidentKind = (typeof incidentKinds)[number];

/** As operators read them. */
export const incidentLabels: Record<IncidentKind, string> = {
  finalization_failed: "An invoice cannot be closed",
  overdue: "An agreed invoice is overdue",
  refund: "A payment was refunded",
  dispute: "A payment is disputed",
};

export function isIncidentKind(text: string): text is IncidentKind {
  return Object.hasOwn(incidentLabels, text);
}

/** Something at Stripe that an operator has to look at, in its current state. */
export interface Incident {
  orgId: string;
  kind: IncidentKind;
  /** The invoice, charge or dispute. */
  objectId: string;
  /** Stripe's status. */
  state: string;
  micros: number;
  /** The subscription that the payment was for. */
  subscriptionId?: string | null;
  /** The end of the period whose payment was taken back; null while we have the money. */
  planLostUntil: Date | null;
  /** True once no operator has to act on it. */
  settled: boolean;
}

/** Records an incident, once per object. A change reopens it, unless it has settled by itself. */
export async function recordIncident(tx: Tx, incident: Incident, now: Date): Promise<void> {
  const { orgId, kind, objectId, state, subscriptionId = null, planLostUntil, settled } = incident;
  const micros = BigInt(incident.micros);
  const before = await tx.billingIncident.findUnique({ where: { kind_objectId: { kind, objectId } } });
  if (before === null) {
    if (settled) return;
    await tx.billingIncident.create({
      data: {
        id: newId(now),
        ...{ orgId, kind, objectId, state, micros, subscriptionId, planLostUntil },
        createdAt: now,
        updatedAt: now,
      },
    });
    log().error({ org_id: orgId, kind, object: objectId, state }, "billing needs a person");
    return;
  }
  const changed = before.state !== state || before.micros !== micros;
  await tx.billingIncident.update({
    where: { id: before.id },
    data: {
      state,
      micros,
      subscriptionId,
      planLostUntil,
      updatedAt: now,
      ...(settled && before.handledAt === null && { handledAt: now }),
      ...(!settled && changed && { handledAt: null, handledBy: null, notifiedAt: null }),
    },
  });
}

/**
 * Whether the payment for this subscription's current period was refunded or is disputed. A newer subscription that was
 * paid for is not affected.
 */
export async function hasLostPayment(
  tx: Pick<Tx, "billingIncident">,
  { orgId, subscriptionId, now }: { orgId: string; subscriptionId: string | null; now: Date },
): Promise<boolean> {
  if (subscriptionId === null) return false;
  const lost = await tx.billingIncident.count({
    where: { orgId, subscriptionId, planLostUntil: { gt: now } },
  });
  return lost > 0;
}
