import type { Tx } from "../../platform/db/client";
import { newId } from "../../platform/ids";
import { log } from "../../platform/observability/log";

export const incidentKinds = ["finalization_failed", "overdue", "refund", "dispute"] as const;
export type IncidentKind = (typeof incidentKinds)[number];

/** For our people. */
export const incidentLabels: Record<IncidentKind, string> = {
  finalization_failed: "An invoice cannot be closed",
  overdue: "An agreed invoice is overdue",
  refund: "A payment was refunded",
  dispute: "A payment is disputed",
};

export function isIncidentKind(text: string): text is IncidentKind {
  return Object.hasOwn(incidentLabels, text);
}

/** What happened at Stripe that a person has to look at, as it stands now. */
export interface Incident {
  orgId: string;
  kind: IncidentKind;
  /** The invoice, charge or dispute. */
  objectId: string;
  /** Stripe's own word. */
  state: string;
  micros: number;
  /** The one that the money had paid for. */
  subscriptionId?: string | null;
  /** The end of the period whose payment is not with us any more; null while it is. */
  planLostUntil: Date | null;
  /** Nobody has to look at it any more. */
  settled: boolean;
}

/** Keeps it, once for each object. One that changes asks for eyes again, unless it has settled itself. */
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
      ...(!settled && changed && { handledAt: null, handledBy: null, toldAt: null }),
    },
  });
}

/**
 * Whether money that paid for the present period of this subscription was given back, or is with the customer's bank.
 * Another one that was bought and paid for since holds.
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
