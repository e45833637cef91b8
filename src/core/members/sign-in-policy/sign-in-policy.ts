import { forgetPrincipals, hasSecondFactor } from "../../accounts";
import { recordAuditIn } from "../../audit";
import { lockOrganization } from "../../orgs";
import { AppError, type Clock, type Db, type DbOrTx, systemClock } from "../../platform";
import type { SignInPolicyView, UpdateSignInPolicyInput } from "../schemas";

interface Caller {
  userId: string;
  orgId: string;
}

/** Whether members need a second factor to work in the organization. @throws AppError `not_found`. */
export async function getSignInPolicy(db: Db, { orgId }: Pick<Caller, "orgId">): Promise<SignInPolicyView> {
  const org = await db.organization.findUnique({
    where: { id: orgId, deletedAt: null },
    select: { twoFactorRequired: true },
  });
  if (org === null) throw notFound();
  return await toView(db, orgId, org.twoFactorRequired);
}

/**
 * Changes it, everywhere within five seconds. Members without a factor then can only add one; their API keys keep working.
 * Who requires a factor of others has one, so nobody locks themselves out. The caller has checked role and step-up.
 * @throws AppError `second_factor_enrollment_required`, `not_found`.
 */
export async function updateSignInPolicy(
  db: Db,
  { userId, orgId, second_factor }: Caller & UpdateSignInPolicyInput,
  clock: Clock = systemClock,
): Promise<SignInPolicyView> {
  const required = second_factor === "required";
  const view = await db.$transaction(async (tx) => {
    if (required && !(await hasSecondFactor(tx, userId))) {
      throw new AppError("second_factor_enrollment_required", {
        public:
          "Add an authenticator app or a passkey to your own account first. Then you can require a second factor of everyone.",
      });
    }
    if (!(await lockOrganization(tx, { orgId, userId }))) throw notFound();
    const { count } = await tx.organization.updateMany({
      where: { id: orgId, twoFactorRequired: !required },
      data: { twoFactorRequired: required, updatedAt: clock.now() },
    });
    const after = await toView(tx, orgId, required);
    if (count > 0) {
      await recordAuditIn(tx, {
        orgId,
        actor: { type: "user", id: userId },
        action: "org.updated",
        target: { type: "organization", id: orgId },
        details: { changed: "second_factor", to: second_factor, without: after.members_without_factor },
      });
    }
    return after;
  });
  const members = await db.membership.findMany({ where: { orgId }, select: { userId: true } });
  for (const member of members) forgetPrincipals(member.userId);
  return view;
}

async function toView(db: DbOrTx, orgId: string, required: boolean): Promise<SignInPolicyView> {
  const without = await db.membership.count({
    where: {
      orgId,
      user: {
        deletedAt: null,
        passkeys: { none: {} },
        NOT: { authenticator: { confirmedAt: { not: null } } },
      },
    },
  });
  return { second_factor: required ? "required" : "optional", members_without_factor: without };
}

function notFound(): AppError {
  return new AppError("not_found", { public: "Organization not found." });
}
