import { actorOf, recordAuditIn } from "../audit";
import { assertOwner, lockMembers } from "../members";
import { providersInRegion } from "../models";
import { assertFeature, orgNotFound } from "../orgs";
import { type Clock, type Db, type DbOrTx, systemClock, type UserPrincipal } from "../platform";
import { type DataPolicyView, dataPolicyViewSchema, type UpdateDataPolicyInput } from "./schemas";

/** Where the organization's prompts may go. @throws AppError `not_found`. */
export async function getDataPolicy(db: DbOrTx, { orgId }: { orgId: string }): Promise<DataPolicyView> {
  const org = await db.organization.findUnique({
    where: { id: orgId, deletedAt: null },
    select: { residency: true },
  });
  if (org === null) throw orgNotFound();
  return dataPolicyViewSchema.parse({ residency: org.residency, providers_in_eu: providersInRegion("eu") });
}

/**
 * Changes it for calls from now on, and for what waits in the queue; a trigger tells every process. It stays when the plan
 * ends, so that nothing leaves a region because of a bill, and can be taken off with any plan.
 * @throws AppError `insufficient_role` for anybody but an owner, `plan_required`.
 */
export async function updateDataPolicy(
  db: Db,
  { principal, input }: { principal: UserPrincipal; input: UpdateDataPolicyInput },
  clock: Clock = systemClock,
): Promise<DataPolicyView> {
  const { orgId } = principal;
  const { residency } = input;
  assertOwner(principal.role);
  return await db.$transaction(async (tx) => {
    assertOwner((await lockMembers(tx, principal)).role);
    if (residency !== null) await assertFeature(tx, orgId, "residency");
    await tx.organization.update({
      where: { id: orgId, deletedAt: null },
      data: { residency, updatedAt: clock.now() },
    });
    await recordAuditIn(tx, {
      orgId,
      actor: actorOf(principal),
      action: "org.updated",
      target: { type: "organization", id: orgId },
      details: { changed: "residency", to: residency ?? "anywhere" },
    });
    return await getDataPolicy(tx, { orgId });
  });
}
