import type { AuditEntry } from "../audit";
import { deleteStream } from "../audit-streams";
import { endOverrideOfOrganization } from "../billing";
import { endCompanySignIn } from "../company-sign-in";
import { revokeAllKeys } from "../keys";
import { moveToAnotherOrg, type PreparedPersonalOrgs } from "../members";
import { deleteAllApps } from "../oauth";
import type { KeyedTx } from "../privacy";
import { deleteAllProviderKeys } from "../provider-keys";
import { deleteAllEndpoints } from "../webhooks";

export interface EndedOrganization {
  members: readonly { userId: string }[];
  keysRevoked: number;
  providerKeys: number;
  /** To be recorded at the end of the transaction, because the audit chain is locked last. */
  entries: readonly AuditEntry[];
  /** Call it after the commit. */
  forgetKeys: () => void;
}

/**
 * Marks an organization as deleted and ends everything that acts for it: keys (and its own at providers), endpoints, apps and
 * invitations. Members' sessions move to another organization of theirs. The caller has locked its members.
 */
export async function endOrganization(
  tx: KeyedTx,
  { orgId, userId, personalOrgs, now }: EndOrganization,
): Promise<EndedOrganization> {
  const entries = await endOverrideOfOrganization(tx, { orgId, now });
  await tx.organization.update({ where: { id: orgId }, data: { deletedAt: now, updatedAt: now } });
  const keys = await revokeAllKeys(tx, { orgId, userId, now });
  const providerKeys = await deleteAllProviderKeys(tx, orgId);
  await endCompanySignIn(tx, orgId);
  await deleteAllEndpoints(tx, orgId);
  await deleteStream(tx, orgId);
  await deleteAllApps(tx, orgId);
  await tx.invitation.updateMany({
    where: { orgId, acceptedAt: null, revokedAt: null },
    data: { revokedAt: now },
  });
  const members = await tx.membership.findMany({ where: { orgId }, select: { userId: true } });
  for (const member of members)
    await moveToAnotherOrg(tx, { orgId, userId: member.userId, personalOrgs }, { now: () => now });
  return { members, keysRevoked: keys.revoked, providerKeys, entries, forgetKeys: keys.forget };
}

interface EndOrganization {
  orgId: string;
  /** Who deletes it. */
  userId: string;
  personalOrgs: PreparedPersonalOrgs;
  now: Date;
}
