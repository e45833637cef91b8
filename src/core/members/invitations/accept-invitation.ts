import { emailIndexesOf, forgetPrincipals } from "../../accounts";
import { getOrgView, type OrgView } from "../../orgs";
import { AppError, type Clock, type Db, systemClock, type UserPrincipal } from "../../platform";
import { isAmong } from "../../platform/crypto/blind-index/blind-index";
import { recordAndAnnounce } from "../../webhooks";
import { findInvitation } from "./get-invitation";

/**
 * Makes the caller a member and switches the session to the organization. The link alone is not enough: the account must
 * have the email address the invitation was sent to, so that a forwarded email admits nobody else.
 * @throws AppError `invalid_token`, `conflict` when signed in with another address.
 */
export async function acceptInvitation(
  db: Db,
  { principal, token }: { principal: UserPrincipal; token: string },
  clock: Clock = systemClock,
): Promise<OrgView> {
  const { userId, sessionId } = principal;
  const now = clock.now();
  const own = await emailIndexesOf(db, userId);
  const orgId = await db.$transaction(async (tx) => {
    const invitation = await findInvitation(tx, { token, at: now });
    const user = await tx.user.findUniqueOrThrow({ where: { id: userId }, select: { emailIndex: true } });
    // The address may have been changed since its indexes were made.
    if (!isAmong(user.emailIndex, own) || !isAmong(invitation.emailIndex, own)) {
      throw new AppError("conflict", {
        public:
          "This invitation was sent to another email. Sign in with that one, or request a new invitation.",
      });
    }
    await tx.$queryRaw`SELECT 1 FROM organizations WHERE id = ${invitation.orgId}::uuid FOR NO KEY UPDATE`;
    const { count } = await tx.invitation.updateMany({
      where: { id: invitation.id, acceptedAt: null, revokedAt: null },
      data: { acceptedAt: now },
    });
    if (count === 0) throw new AppError("invalid_token", { public: "This invitation has just been used." });
    await tx.membership.createMany({
      data: [
        {
          orgId: invitation.orgId,
          userId,
          role: invitation.role,
          customRoleId: invitation.customRoleId,
          createdAt: now,
        },
      ],
      skipDuplicates: true,
    });
    await tx.session.updateMany({ where: { id: sessionId, userId }, data: { orgId: invitation.orgId } });
    await recordAndAnnounce(tx, {
      orgId: invitation.orgId,
      actor: { type: "user", id: userId },
      action: "member.joined",
      target: { type: "invitation", id: invitation.id },
      details: { role: invitation.role },
    });
    return invitation.orgId;
  });
  forgetPrincipals(userId);
  return await getOrgView(db, { orgId, userId });
}
