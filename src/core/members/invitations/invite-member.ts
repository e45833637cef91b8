import { decryptPeople, emailIndex, emailIndexes, emailOf } from "../../accounts";
import { recordAuditIn } from "../../audit";
import { orgSubject, readOrgName, readRoles } from "../../orgs";
import {
  AppError,
  type Clock,
  DAY,
  type Db,
  newId,
  systemClock,
  toPublicId,
  type UserPrincipal,
} from "../../platform";
import { afterResponse } from "../../platform/concurrency/after-response";
import { randomToken, sha256 } from "../../platform/crypto/hash";
import { sendEmail } from "../../platform/mail/send-email";
import { encryptText, transactWithKeys } from "../../privacy";
import { nameOfCustomRole } from "../membership/list-members";
import { assertMayManage, lockMembers } from "../membership/member-manager";
import { pickRole } from "../roles/role-rows";
import type { InvitationView, InviteMemberInput } from "../schemas";
import { invitationEmailField } from "./get-invitation";
import { invitationEmail } from "./invitation-email";
import { throttleInvitation } from "./throttle-invitation";

export const INVITATION_MS = 7 * DAY;

/**
 * Emails a link that makes the recipient a member. A second invitation to the same address replaces the first. Does not
 * reveal whether the address has an account. Invitations are limited (`throttleInvitation`).
 * @throws AppError `insufficient_role`, `email_not_verified`, `conflict` for a member, `too_many_attempts`.
 */
export async function inviteMember(
  db: Db,
  { principal, input }: { principal: UserPrincipal; input: InviteMemberInput },
  clock: Clock = systemClock,
): Promise<InvitationView> {
  const { orgId, userId } = principal;
  if (!principal.emailVerified) {
    throw new AppError("email_not_verified", {
      public: "Verify your email before you invite others.",
    });
  }
  const index = emailIndex(input.email);
  const emails = { in: emailIndexes(input.email) };
  await throttleInvitation(db, { orgId, userId, emailIndex: index });
  const now = clock.now();
  const id = newId(now);
  const token = randomToken();
  const expiresAt = new Date(now.getTime() + INVITATION_MS);
  const emailCipher = await encryptText(db, orgSubject(orgId), invitationEmailField(id), input.email);
  const { organization, given: role } = await transactWithKeys(db, [orgSubject(orgId)], async (tx) => {
    const caller = await lockMembers(tx, principal);
    const rightsOf = await readRoles(tx, { orgId });
    const ref = await pickRole(tx, orgId, input.role);
    const given = rightsOf(ref);
    assertMayManage(caller, [given]);
    const member = await tx.membership.findFirst({ where: { orgId, user: { emailIndex: emails } } });
    if (member !== null) {
      throw new AppError("conflict", {
        public: "This person is already a member. Change their role on the team page.",
        param: "email",
      });
    }
    const pending = { orgId, emailIndex: emails, acceptedAt: null, revokedAt: null };
    const replaced = await tx.invitation.findMany({
      where: pending,
      select: { role: true, customRoleId: true },
    });
    assertMayManage(caller, replaced.map(rightsOf));
    await tx.invitation.updateMany({ where: pending, data: { revokedAt: now } });
    await tx.invitation.create({
      data: {
        id,
        orgId,
        emailCipher,
        emailIndex: index,
        ...ref,
        tokenHash: sha256(token),
        invitedBy: userId,
        expiresAt,
        createdAt: now,
      },
      // In the manager's role the hash of the token cannot be read back (ADR 122).
      select: { id: true },
    });
    const name = await readOrgName(tx, orgId);
    await recordAuditIn(tx, {
      orgId,
      actor: { type: "user", id: userId },
      action: "member.invited",
      target: { type: "invitation", id },
      details: { role: given.name },
    });
    return { organization: name, given };
  });
  const inviter = (await decryptPeople(db, [userId])).get(userId);
  afterResponse("invitation email", async () => {
    const email = invitationEmail({
      organization,
      inviter: inviter?.email ?? "Somebody",
      role: role.name,
      token,
    });
    await sendEmail({ to: input.email, ...(await emailOf(db, orgId, email)) });
  });
  return {
    id: toPublicId("inv", id),
    email: input.email,
    role: role.role,
    custom_role: nameOfCustomRole(role),
    invited_by: inviter?.name ?? null,
    status: "pending",
    created_at: now.toISOString(),
    expires_at: expiresAt.toISOString(),
  };
}
