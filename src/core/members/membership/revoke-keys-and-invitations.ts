import type { RevokedKeysAndInvitations } from "../../accounts";
import type { AuditEntry } from "../../audit";
import { revokeKeysOf } from "../../keys";
import type { Tx } from "../../platform/db/client";

/**
 * Ends what a person made in any organization that opens a way in: their keys, and their invitations that nobody has
 * accepted. Runs in the transaction that ends the rest of an account's earlier access, which holds the person's row.
 */
export async function revokeKeysAndInvitations(
  tx: Tx,
  { userId, because, now }: { userId: string; because: string; now: Date },
): Promise<RevokedKeysAndInvitations> {
  await lockOrganizations(tx, userId);
  const keys = await revokeKeysOf(tx, { userId, because, now });
  const withdrawn = await tx.invitation.updateManyAndReturn({
    where: { invitedBy: userId, acceptedAt: null, revokedAt: null },
    data: { revokedAt: now },
    select: { id: true, orgId: true },
  });
  const entries = withdrawn.map(
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
    invitations: withdrawn.length,
    entries: [...keys.entries, ...entries],
    forget: keys.forget,
  };
}

/** In one order, and before keys and invitations, as everything that changes a team does it. */
async function lockOrganizations(tx: Tx, userId: string): Promise<void> {
  await tx.$queryRaw`
    SELECT 1 FROM organizations WHERE id IN (
      SELECT org_id FROM api_keys WHERE created_by = ${userId}::uuid AND revoked_at IS NULL
      UNION SELECT org_id FROM invitations
        WHERE invited_by = ${userId}::uuid AND accepted_at IS NULL AND revoked_at IS NULL
    ) ORDER BY id FOR NO KEY UPDATE`;
}
