import type { AuditEntry } from "../../audit";
import { type KeyDisposition, type SettledKeys, settleKeysOfMember } from "../../keys";
import type { Tx } from "../../platform/db/client";
import type { OrgRole } from "../../platform/principal";
import { mayManage } from "./member-manager";

export interface SettledRole {
  keys: SettledKeys;
  invitationsRevoked: number;
  /** For the end of the transaction: the trail is locked last. */
  entries: AuditEntry[];
}

/**
 * What a person handed out under a role ends with that role: the keys they made are settled, and invitations of theirs
 * that nobody has accepted are withdrawn where the role left could not have sent them. Without this whoever is about to
 * go could leave a way back behind. The caller holds the team's lock, and writes `entries` before its own.
 */
export async function settleRole(
  tx: Tx,
  {
    orgId,
    userId,
    role,
    by,
    disposition,
    now,
  }: {
    orgId: string;
    userId: string;
    /** The role that is left; null for none. */
    role: OrgRole | null;
    by: { userId: string; role: OrgRole };
    disposition: KeyDisposition;
    now: Date;
  },
): Promise<SettledRole> {
  const keys = await settleKeysOfMember(tx, { orgId, userId, role, by, disposition, now });
  const pending = await tx.invitation.findMany({
    where: { orgId, invitedBy: userId, acceptedAt: null, revokedAt: null },
    select: { id: true, role: true },
  });
  const beyond = pending.filter((invitation) => role === null || !mayManage(role, [invitation.role]));
  await tx.invitation.updateMany({
    where: { orgId, id: { in: beyond.map(({ id }) => id) } },
    data: { revokedAt: now },
  });
  const withdrawn = beyond.map(
    ({ id }): AuditEntry => ({
      orgId,
      actor: { type: "user", id: by.userId },
      action: "member.invitation_revoked",
      target: { type: "invitation", id },
      details: { because: role === null ? "membership ended" : `inviter is now ${role}` },
    }),
  );
  return { keys, invitationsRevoked: beyond.length, entries: [...keys.entries, ...withdrawn] };
}

/** How many, for the audit entry of the deed itself. */
export function settledDetails({ keys, invitationsRevoked }: SettledRole) {
  return {
    keys_ended: keys.ended,
    keys_narrowed: keys.narrowed,
    keys_kept: keys.kept,
    invitations_revoked: invitationsRevoked,
  };
}
