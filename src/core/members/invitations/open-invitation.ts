import { decryptPeople } from "../../accounts";
import { orgSubject, readOrgName } from "../../orgs";
import { type Clock, systemClock } from "../../platform/clock";
import type { Db } from "../../platform/db/client";
import { decryptText } from "../../privacy";
import type { InvitationOfferView } from "../schemas";
import { findInvitation, invitationEmailField } from "./invitation";

/** What the invitation of a mailed link offers, for whoever holds the link. @throws AppError `invalid_token`. */
export async function getInvitation(
  db: Db,
  { token }: { token: string },
  clock: Clock = systemClock,
): Promise<InvitationOfferView> {
  const invitation = await findInvitation(db, { token, at: clock.now() });
  const { id, orgId, role, invitedBy, expiresAt, emailCipher } = invitation;
  const [organization, people, email] = await Promise.all([
    readOrgName(db, orgId),
    decryptPeople(db, [invitedBy]),
    decryptText(db, orgSubject(orgId), invitationEmailField(id), emailCipher),
  ]);
  return {
    organization,
    role,
    email,
    invited_by: people.get(invitedBy)?.name ?? null,
    expires_at: expiresAt.toISOString(),
  };
}
