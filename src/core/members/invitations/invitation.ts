import { sha256 } from "../../platform/crypto/hash";
import type { DbOrTx } from "../../platform/db/client";
import { AppError } from "../../platform/errors";
import type { OrgRole } from "../../platform/principal";
import type { FieldRef } from "../../privacy";

export interface PendingInvitation {
  id: string;
  orgId: string;
  role: OrgRole;
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

/** The live invitation behind a mailed link, of which the database holds the SHA-256. @throws AppError `invalid_token`. */
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
