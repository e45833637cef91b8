import { decryptPeople } from "../../accounts";
import { orgSubject, readOrgName, readRoles } from "../../orgs";
import { AppError, type Clock, type Db, type DbOrTx, type OrgRole, systemClock } from "../../platform";
import { sha256 } from "../../platform/crypto/hash";
import { decryptText, type FieldRef } from "../../privacy";
import type { InvitationOfferView } from "../schemas";

interface PendingInvitation {
  id: string;
  orgId: string;
  role: OrgRole;
  customRoleId: string | null;
  emailCipher: Uint8Array;
  emailIndex: Uint8Array;
  invitedBy: string;
  expiresAt: Date;
}

export const invitationEmailField = (id: string): FieldRef => ({
  table: "invitations",
  column: "email_cipher",
  rowId: id,
});

/** The pending invitation of an emailed token, which is stored as SHA-256. @throws AppError `invalid_token`. */
export async function findInvitation(
  db: DbOrTx,
  { token, at }: { token: string; at: Date },
): Promise<PendingInvitation> {
  const found = await db.invitation.findFirst({
    where: {
      tokenHash: sha256(token),
      acceptedAt: null,
      revokedAt: null,
      expiresAt: { gt: at },
      organization: { deletedAt: null },
    },
  });
  if (found !== null) return found;
  throw new AppError("invalid_token", {
    public:
      "This invitation was used, revoked or replaced by a newer one, or has expired. Request a new one.",
    param: "token",
  });
}

/** What an invitation offers, for anybody who holds its link. @throws AppError `invalid_token`. */
export async function getInvitation(
  db: Db,
  { token }: { token: string },
  clock: Clock = systemClock,
): Promise<InvitationOfferView> {
  const invitation = await findInvitation(db, { token, at: clock.now() });
  const { id, orgId, role, customRoleId, invitedBy, expiresAt, emailCipher } = invitation;
  const [organization, people, email, rightsOf] = await Promise.all([
    readOrgName(db, orgId),
    decryptPeople(db, [invitedBy]),
    decryptText(db, orgSubject(orgId), invitationEmailField(id), emailCipher),
    readRoles(db, { orgId }),
  ]);
  return {
    organization,
    role,
    custom_role: customRoleId === null ? null : rightsOf(invitation).name,
    email,
    invited_by: people.get(invitedBy)?.name ?? null,
    expires_at: expiresAt.toISOString(),
  };
}
