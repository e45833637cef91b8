import { listForReview, markHandled, type ReviewListInput } from "../../audit";
import { type Clock, type Db, systemClock, toPublicId } from "../../platform";
import type { IncidentList } from "../schemas";
import { isIncidentKind } from "./incidents";

/** Incidents for the operators, newest first. @throws AppError `invalid_cursor`. */
export async function listIncidents(
  db: Db,
  query: { operatorId: string; input: ReviewListInput },
): Promise<IncidentList> {
  const { rows, next_cursor } = await listForReview(query, {
    name: "billing-incidents",
    action: "operator.incident_listed",
    find: (page) => db.billingIncident.findMany(page),
  });
  const data = rows.flatMap((row) =>
    isIncidentKind(row.kind)
      ? [
          {
            id: toPublicId("bin", row.id),
            organization_id: toPublicId("org", row.orgId),
            kind: row.kind,
            object_id: row.objectId,
            state: row.state,
            amount_micros: Number(row.micros),
            plan_lost_until: row.planLostUntil?.toISOString() ?? null,
            created_at: row.createdAt.toISOString(),
            handled_at: row.handledAt?.toISOString() ?? null,
          },
        ]
      : [],
  );
  return { data, next_cursor };
}

/**
 * Marks an incident as handled. A second call changes nothing; the plan stays as Stripe's state gives it.
 * @throws AppError `not_found`.
 */
export async function handleIncident(
  db: Db,
  key: { id: string; operatorId: string },
  clock: Clock = systemClock,
): Promise<{ handled: true }> {
  await markHandled(
    db,
    key,
    {
      noun: "Incident",
      action: "operator.incident_handled",
      find: (tx) => tx.billingIncident.findUnique({ where: { id: key.id } }),
      update: (tx, change) => tx.billingIncident.updateMany(change),
      entryOf: ({ orgId, kind, objectId, state }) => ({
        target: { type: "organization", id: orgId },
        details: { kind, object: objectId, state },
      }),
    },
    clock,
  );
  return { handled: true };
}
