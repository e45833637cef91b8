import type { JoinCompany } from "../../accounts";
import { AppError, type Clock, type OrgRole } from "../../platform";
import { announceIn } from "../../webhooks";

/** Makes people members the first time that their company signs them in. A member keeps the role they have. */
export function joinCompany(
  { orgId, role, connectionId }: { orgId: string; role: OrgRole; connectionId: string },
  clock: Clock,
): JoinCompany {
  return async (tx, userId) => {
    const living = await tx.$queryRaw<unknown[]>`
      SELECT 1 FROM organizations WHERE id = ${orgId}::uuid AND deleted_at IS NULL FOR NO KEY UPDATE`;
    if (living.length === 0) throw new AppError("not_found", { public: "This organization was deleted." });
    const { count } = await tx.membership.createMany({
      data: [{ orgId, userId, role, createdAt: clock.now() }],
      skipDuplicates: true,
    });
    if (count === 0) return [];
    const entry = {
      orgId,
      actor: { type: "user", id: userId },
      action: "member.joined",
      target: { type: "connection", id: connectionId },
      details: { role, by: "company" },
    } as const;
    await announceIn(tx, entry);
    return [entry];
  };
}
