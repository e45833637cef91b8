import { recordAuditIn } from "../../audit";
import { AppError, type Clock, type Db, systemClock } from "../../platform";
import { afterResponse } from "../../platform/concurrency/after-response";
import { transactWithKeys } from "../../privacy";
import { emailUser } from "../email/email-user";
import { secondFactorRemovedEmail } from "../email/second-factor-emails";
import type { CallerContext } from "../schemas";
import { forgetPrincipals } from "../sessions/load-user-principal";
import { ipDetail } from "../sign-in/ip-fingerprint";
import { userSubject } from "../users/user-fields";
import { hasSecondFactor } from "./prove-second-factor";
import { countRecoveryCodes, issueRecoveryCodes } from "./recovery-codes";
import type { RecoveryCodesView, RemovedAuthenticatorView, SecondFactorView } from "./schemas";

interface SignedIn extends CallerContext {
  userId: string;
  orgId: string;
}

/** The person's own second factor. Nobody else can read it. */
export async function getSecondFactor(db: Db, { userId }: { userId: string }): Promise<SecondFactorView> {
  const [authenticator, left] = await db.$transaction(async (tx) => [
    await tx.authenticator.findFirst({
      where: { userId, confirmedAt: { not: null } },
      select: { confirmedAt: true },
    }),
    await countRecoveryCodes(tx, userId),
  ]);
  return {
    enabled: authenticator !== null,
    added_at: authenticator?.confirmedAt?.toISOString() ?? null,
    recovery_codes_left: left,
  };
}

/**
 * Removes the authenticator app and all recovery codes. Removing it again changes nothing. The caller asks for a step-up
 * first, which for an account with an authenticator takes a code.
 */
export async function removeAuthenticator(
  db: Db,
  { userId, orgId, ip }: SignedIn,
): Promise<RemovedAuthenticatorView> {
  const removed = await transactWithKeys(db, [userSubject(userId)], async (tx) => {
    const { count } = await tx.authenticator.deleteMany({ where: { userId, confirmedAt: { not: null } } });
    await tx.recoveryCode.deleteMany({ where: { userId } });
    if (count === 0) return false;
    await recordAuditIn(tx, {
      orgId,
      actor: { type: "user", id: userId },
      action: "auth.second_factor_removed",
      target: { type: "user", id: userId },
      details: { factor: "authenticator", ...(await ipDetail(tx, userSubject(userId), ip)) },
    });
    return true;
  });
  if (removed) {
    forgetPrincipals(userId);
    afterResponse("second factor notice", () => emailUser(db, userId, secondFactorRemovedEmail()));
  }
  return { object: "authenticator", deleted: true };
}

/** New recovery codes; all earlier ones stop working. @throws AppError `conflict` without an authenticator. */
export async function renewRecoveryCodes(
  db: Db,
  { userId, orgId, ip }: SignedIn,
  clock: Clock = systemClock,
): Promise<RecoveryCodesView> {
  const codes = await transactWithKeys(db, [userSubject(userId)], async (tx) => {
    if (!(await hasSecondFactor(tx, userId))) {
      throw new AppError("conflict", {
        public: "Recovery codes come with an authenticator app. Add one first.",
      });
    }
    const issued = await issueRecoveryCodes(tx, userId, clock);
    await recordAuditIn(tx, {
      orgId,
      actor: { type: "user", id: userId },
      action: "auth.recovery_codes_renewed",
      target: { type: "user", id: userId },
      details: await ipDetail(tx, userSubject(userId), ip),
    });
    return issued;
  });
  return { recovery_codes: codes };
}
