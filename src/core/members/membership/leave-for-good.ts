import type { AuditEntry } from "../../audit";
import { AppError, type OrgRole, type Scope } from "../../platform";
import type { KeyedTx } from "../../privacy";
import { announceIn } from "../../webhooks";
import { endMembership } from "./end-membership";
import { settledDetails, settleRole } from "./settle-role";

interface LeaveForGood {
  userId: string;
  memberships: readonly { orgId: string; role: OrgRole }[];
  now: Date;
}

export interface LeftForGood {
  /** To be recorded at the end of the transaction, because the audit chain is locked last. */
  entries: AuditEntry[];
  /** Call it after the commit. */
  forgetKeys: () => void;
}

/**
 * Ends the memberships of a user whose account is being erased and is marked deleted, with the keys they created there. The
 * caller has locked the organizations.
 * @throws AppError `conflict` where an organization would be left without an owner.
 */
export async function leaveForGood(
  tx: KeyedTx,
  { userId, memberships, now }: LeaveForGood,
): Promise<LeftForGood> {
  const entries: AuditEntry[] = [];
  const forgets: (() => void)[] = [];
  for (const { orgId, role } of memberships) {
    if (role === "owner" && !(await hasAnotherOwner(tx, { orgId, userId }))) throw soleOwner();
    const by = { userId, role, scopes: new Set<Scope>() };
    const settled = await settleRole(tx, { orgId, userId, rights: null, by, disposition: "end", now });
    await endMembership(tx, { orgId, userId, personalOrgs: new Map() });
    const entry = {
      orgId,
      actor: { type: "user", id: userId },
      action: "member.removed",
      target: { type: "user", id: userId },
      details: settledDetails(settled),
    } as const;
    await announceIn(tx, entry);
    entries.push(...settled.entries, entry);
    forgets.push(settled.keys.forget);
  }
  const forgetKeys = () => {
    for (const forget of forgets) forget();
  };
  return { entries, forgetKeys };
}

async function hasAnotherOwner(
  tx: KeyedTx,
  { orgId, userId }: { orgId: string; userId: string },
): Promise<boolean> {
  const others = await tx.membership.count({
    where: { orgId, role: "owner", userId: { not: userId }, user: { deletedAt: null } },
  });
  return others > 0;
}

export function soleOwner(): AppError {
  return new AppError("conflict", {
    public:
      "You are the only owner of an organization. Make someone else an owner of it, or delete it, before you erase your account.",
  });
}
