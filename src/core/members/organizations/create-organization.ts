import { forgetPrincipals } from "../../accounts";
import { recordAuditIn } from "../../audit";
import { insertOrganization, type OrgView, prepareOrganization } from "../../orgs";
import { type Clock, systemClock } from "../../platform/clock";
import type { Db } from "../../platform/db/client";
import { AppError } from "../../platform/errors";
import type { UserPrincipal } from "../../platform/principal";
import { transactWithKeys } from "../../privacy";

/** Each organization brings a Free plan of its own: a person could otherwise multiply it without end. */
const MAX_OWNED = 5;

/**
 * Another organization, owned by the person signed in; the session works in it from now on.
 * @throws AppError `email_not_verified`, `conflict` when they own too many.
 */
export async function createOrganization(
  db: Db,
  { principal, name }: { principal: UserPrincipal; name: string },
  clock: Clock = systemClock,
): Promise<OrgView> {
  const { userId, sessionId } = principal;
  if (!principal.emailVerified) {
    throw new AppError("email_not_verified", {
      public: "Verify your email before you create an organization.",
    });
  }
  const prepared = await prepareOrganization({ ownerId: userId, name, personal: false }, clock);
  const view = await transactWithKeys(db, [], async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`;
    const owned = await tx.membership.count({
      where: { userId, role: "owner", organization: { deletedAt: null } },
    });
    if (owned >= MAX_OWNED) {
      throw new AppError("conflict", { public: `One person can own ${MAX_OWNED} organizations.` });
    }
    const made = await insertOrganization(tx, prepared, clock);
    await tx.session.updateMany({ where: { id: sessionId, userId }, data: { orgId: made.orgId } });
    await recordAuditIn(tx, {
      orgId: made.orgId,
      actor: { type: "user", id: userId },
      action: "org.created",
    });
    return made.view;
  });
  forgetPrincipals(userId);
  return view;
}
