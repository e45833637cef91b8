import type { JoinCompany } from "../../accounts";
import type { AuditEntry } from "../../audit";
import type { RoleRef } from "../../orgs";
import { AppError, type Clock, type OrgRole, type Tx } from "../../platform";
import { announceIn } from "../../webhooks";
import { assertDirectoryAllows } from "../directory/directory-allows";

/** Makes people members the first time that their company signs them in. A member keeps the role they have. */
export function joinCompany(
  { orgId, role, connectionId }: { orgId: string; role: OrgRole; connectionId: string },
  clock: Clock,
): JoinCompany {
  return async (tx, userId) => {
    await lockLiving(tx, orgId);
    await assertDirectoryAllows(tx, { orgId, userId });
    const target = { type: "connection", id: connectionId } as const;
    const by = { by: "company", target } as const;
    return await insertMember(tx, { orgId, userId, role: { role, customRoleId: null }, ...by }, clock);
  };
}

/** @throws AppError `not_found` where the organization was deleted. */
export async function lockLiving(tx: Tx, orgId: string): Promise<void> {
  const living = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM organizations WHERE id = ${orgId}::uuid AND deleted_at IS NULL FOR NO KEY UPDATE`;
  if (living.length === 0) throw new AppError("not_found", { public: "This organization was deleted." });
}

interface NewMember {
  orgId: string;
  userId: string;
  role: RoleRef;
  by: "company" | "directory";
  target: NonNullable<AuditEntry["target"]>;
}

/** Returns what to record at the end of the transaction; nothing where they are a member. The caller has locked the members. */
export async function insertMember(
  tx: Tx,
  { orgId, userId, role, by, target }: NewMember,
  clock: Clock,
): Promise<AuditEntry[]> {
  const { count } = await tx.membership.createMany({
    data: [{ orgId, userId, ...role, createdAt: clock.now() }],
    skipDuplicates: true,
  });
  if (count === 0) return [];
  const entry = {
    orgId,
    actor: { type: "user", id: userId },
    action: "member.joined",
    target,
    details: { role: role.role, by },
  } as const;
  await announceIn(tx, entry);
  return [entry];
}
