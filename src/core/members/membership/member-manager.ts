import { assertSessionActive } from "../../accounts";
import { lockOrganization, type MemberRights, noLongerMember, readMemberRights } from "../../orgs";
import { AppError, type OrgRole, type Tx, type UserPrincipal } from "../../platform";

/**
 * Locks the organization's members and returns the caller's current rights; the principal's may be five seconds old. Changes
 * of members run one after the other, so that two owners who demote each other cannot leave the organization without one.
 * From here on the transaction stands behind the second wall; what reaches beyond the organization calls `leaveManagersWall` first.
 */
export async function lockMembers(tx: Tx, principal: UserPrincipal): Promise<MemberRights> {
  const { orgId, userId } = principal;
  await assertSessionActive(tx, principal);
  if (!(await lockOrganization(tx, { orgId, userId }))) throw noLongerMember();
  const rights = await readMemberRights(tx, { orgId, userId });
  if (rights === null) throw noLongerMember();
  return rights;
}

type Rank = Pick<MemberRights, "role" | "scopes">;

/**
 * Whether somebody may manage members who have, or would get, the given roles: nobody gives or takes more than they have
 * themselves, and owners are managed by owners.
 */
export function mayManage({ role, scopes }: Rank, concerned: readonly Rank[]): boolean {
  if (role === "owner") return true;
  if (role !== "admin" || !scopes.has("members:write")) return false;
  return concerned.every(
    (one) => one.role !== "owner" && [...one.scopes].every((scope) => scopes.has(scope)),
  );
}

/** @throws AppError `insufficient_role` unless `mayManage`. */
export function assertMayManage(manager: Rank, concerned: readonly Rank[]): void {
  if (mayManage(manager, concerned)) return;
  if (!mayManage(manager, [])) {
    throw new AppError("insufficient_role", {
      public: "Your role in this organization does not allow managing members. Ask an owner or admin.",
    });
  }
  const owner = concerned.some(({ role }) => role === "owner");
  throw new AppError("insufficient_role", {
    public: owner
      ? "Only an owner can add, change or remove an owner."
      : "You can’t give a role that may do more than you, or change the role of somebody who may.",
    param: "role",
  });
}

/** @throws AppError `insufficient_role`. */
export function assertOwner(role: OrgRole): void {
  if (role === "owner") return;
  throw new AppError("insufficient_role", { public: "Only an owner of the organization can do this." });
}

/** @throws AppError `conflict` when the user is the only owner. */
export async function assertAnotherOwner(
  tx: Tx,
  { orgId, userId }: { orgId: string; userId: string },
): Promise<void> {
  const others = await tx.membership.count({
    where: { orgId, role: "owner", userId: { not: userId }, user: { deletedAt: null } },
  });
  if (others > 0) return;
  throw new AppError("conflict", {
    public: "An organization needs an owner, and this is its only one. Make someone else an owner first.",
  });
}

/** The same error for users of other organizations as for unknown ones. */
export function memberNotFound(): AppError {
  return new AppError("not_found", {
    public: "Member not found in your organization.",
    param: "user_id",
  });
}
