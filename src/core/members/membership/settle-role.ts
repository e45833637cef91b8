import type { AuditEntry } from "../../audit";
import { type KeyDisposition, type SettledKeys, settleKeysOfMember } from "../../keys";
import type { OrgRole, Tx } from "../../platform";
import { mayManage } from "./member-manager";

export interface SettledRole {
  keys: SettledKeys;
  invitationsRevoked: number;
  /** To be recorded at the end of the transaction, because the audit chain is locked last. */
  entries: AuditEntry[];
}

/**
 * Applies a lost or changed role to what the member created under it, so that nobody leaves themselves a way back: keys
 * get their disposition, and pending invitations that the remaining role could not send are revoked. The caller has locked
 * the members, and records `entries` before its own.
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
    /** The remaining role; null for none. */
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
  const revoked = beyond.map(
    ({ id }): AuditEntry => ({
      orgId,
      actor: { type: "user", id: by.userId },
      action: "member.invitation_revoked",
      target: { type: "invitation", id },
      details: { because: role === null ? "membership ended" : `inviter is now ${role}` },
    }),
  );
  return { keys, invitationsRevoked: beyond.length, entries: [...keys.entries, ...revoked] };
}

/** The counts, for the audit entry of the action itself. */
export function settledDetails({ keys, invitationsRevoked }: SettledRole) {
  return {
    keys_ended: keys.ended,
    keys_narrowed: keys.narrowed,
    keys_kept: keys.kept,
    invitations_revoked: invitationsRevoked,
  };
}
