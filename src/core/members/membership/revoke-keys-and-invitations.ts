import type { RevokedKeysAndInvitations } from "../../accounts";
import type { AuditEntry } from "../../audit";
import { revokeKeysOf } from "../../keys";
import type { Tx } from "../../platform";

/**
 * Revokes all keys and pending invitations that a user created, in every organization. Part of `endEarlierAccess`, whose
 * transaction has locked the user's row.
 */
export async function revokeKeysAndInvitations(
  tx: Tx,
  { userId, because, now }: { userId: string; because: string; now: Date },
): Promise<RevokedKeysAndInvitations> {
  await lockOrganizations(tx, userId);
  const keys = await revokeKeysOf(tx, { userId, because, now });
  const revoked = await tx.invitation.updateManyAndReturn({
    where: { invitedBy: userId, acceptedAt: null, revokedAt: null },
    data: { revokedAt: now },
    select: { id: true, orgId: true },
  });
  const entries = revoked.map(
    ({ id, orgId }): AuditEntry => ({
      orgId,
      actor: { type: "user", id: userId },
      action: "member.invitation_revoked",
      target: { type: "invitation", id },
      details: { because },
    }),
  );
  return {
    keysByOrg: keys.byOrg,
    invitations: revoked.length,
    entries: [...keys.entries, ...entries],
    forget: keys.forget,
  };
}

/** In the order of ids and before keys and invitations, like every change of members. */
async function lockOrganizations(tx: Tx, userId: string): Promise<void> {
  await tx.$queryRaw`
    SELECT 1 FROM organizations WHERE id IN (
      SELECT org_id FROM api_keys WHERE created_by = ${userId}::uuid AND revoked_at IS NULL
      UNION SELECT org_id FROM invitations
        WHERE invited_by = ${userId}::uuid AND accepted_at IS NULL AND revoked_at IS NULL
    ) ORDER BY id FOR NO KEY UPDATE`;
}
