import { recordAuditIn, recordOperatorReads } from "../../audit";
import { type Clock, systemClock } from "../../platform/clock";
import type { Db } from "../../platform/db/client";
import { AppError } from "../../platform/errors";
import { toPublicId } from "../../platform/ids";
import { readPage } from "../../platform/list";
import type { IncidentList, ListIncidentsInput } from "../schemas";
import { isIncidentKind } from "./incidents";

/** Incidents for the operators, newest first. Each one shown is recorded in its organization's audit log. */
export async function listIncidents(
  db: Db,
  { operatorId, input: { open, ...query } }: { operatorId: string; input: ListIncidentsInput },
): Promise<IncidentList> {
  const identity = { list: "billing-incidents", owner: "operators", filter: { open } };
  const { rows, next_cursor } = await readPage(identity, query, ({ where, order, take }) =>
    db.billingIncident.findMany({
      where: { ...(open && { handledAt: null }), ...where },
      orderBy: { id: order },
      take,
    }),
  );
  await recordOperatorReads(
    { operatorId, action: "operator.incident_listed" },
    rows.map(({ orgId }) => ({ orgId })),
  );
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
  { id, operatorId }: { id: string; operatorId: string },
  clock: Clock = systemClock,
): Promise<{ handled: true }> {
  await db.$transaction(async (tx) => {
    const row = await tx.billingIncident.findUnique({ where: { id } });
    if (row === null) throw new AppError("not_found", { public: "Incident not found.", param: "id" });
    const { count } = await tx.billingIncident.updateMany({
      where: { id, handledAt: null },
      data: { handledAt: clock.now(), handledBy: operatorId },
    });
    if (count === 0) return;
    await recordAuditIn(tx, {
      orgId: row.orgId,
      actor: { type: "operator", id: operatorId },
      action: "operator.incident_handled",
      target: { type: "organization", id: row.orgId },
      details: { kind: row.kind, object: row.objectId, state: row.state },
    });
  });
  return { handled: true };
}
