import { sumOf } from "../../../shared/format/credentials";
import type { AuditEntry } from "../../audit";
import { type KeyDisposition, type SettledKeys, settleKeysOfMember } from "../../keys";
import { type MemberRights, readRoles } from "../../orgs";
import type { Tx } from "../../platform";
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
    rights,
    by,
    disposition,
    now,
  }: {
    orgId: string;
    userId: string;
    /** What remains; null for nothing. */
    rights: MemberRights | null;
    /** Null for the company's directory. */
    by: ({ userId: string } & Pick<MemberRights, "role" | "scopes">) | null;
    disposition: KeyDisposition;
    now: Date;
  },
): Promise<SettledRole> {
  const keys = await settleKeysOfMember(tx, { orgId, userId, rights, by, disposition, now });
  const rightsOf = await readRoles(tx, { orgId });
  const pending = await tx.invitation.findMany({
    where: { orgId, invitedBy: userId, acceptedAt: null, revokedAt: null },
    select: { id: true, role: true, customRoleId: true },
  });
  const beyond = pending.filter(
    (invitation) => rights === null || !mayManage(rights, [rightsOf(invitation)]),
  );
  await tx.invitation.updateMany({
    where: { orgId, id: { in: beyond.map(({ id }) => id) } },
    data: { revokedAt: now },
  });
  const revoked = beyond.map(
    ({ id }): AuditEntry => ({
      orgId,
      actor: by === null ? { type: "system", id: null } : { type: "user", id: by.userId },
      action: "member.invitation_revoked",
      target: { type: "invitation", id },
      details: { because: rights === null ? "membership ended" : `inviter is now ${rights.name}` },
    }),
  );
  return { keys, invitationsRevoked: beyond.length, entries: [...keys.entries, ...revoked] };
}

/** The counts, for the audit entry of the action itself. */
export function settledDetails({ keys, invitationsRevoked }: SettledRole) {
  return {
    keys_ended: sumOf(keys.ended),
    keys_narrowed: sumOf(keys.narrowed),
    keys_kept: sumOf(keys.kept),
    invitations_revoked: invitationsRevoked,
  };
}
