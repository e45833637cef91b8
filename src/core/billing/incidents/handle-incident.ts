import { recordAuditIn } from "../../audit";
import { type Clock, systemClock } from "../../platform/clock";
import type { Db } from "../../platform/db/client";
import { AppError } from "../../platform/errors";

/**
 * Marks an incident as looked after, once: a second time changes nothing. What it means for the plan stays as Stripe
 * has it. @throws AppError `not_found`.
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
