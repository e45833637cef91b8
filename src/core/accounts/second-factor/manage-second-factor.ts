import { recordAuditIn } from "../../audit";
import { AppError, type Clock, type Db, systemClock } from "../../platform";
import { afterResponse } from "../../platform/concurrency/after-response";
import { transactWithKeys } from "../../privacy";
import { emailUser } from "../email/email-user";
import { secondFactorRemovedEmail } from "../email/second-factor-emails";
import type { CallerContext } from "../schemas";
import { forgetPrincipals } from "../sessions/load-user-principal";
import { ipDetail } from "../sign-in/ip-fingerprint";
import { lockAccount } from "../sign-in/lock-account";
import { userSubject } from "../users/user-fields";
import { endFactorsWithLast, hasSecondFactor } from "./has-second-factor";
import { countRecoveryCodes, issueRecoveryCodes } from "./recovery-codes";
import type { RecoveryCodesView, RemovedAuthenticatorView, SecondFactorView } from "./schemas";

interface SignedIn extends CallerContext {
  userId: string;
  orgId: string;
}

/** The person's own second factor. Nobody else can read it. */
export async function getSecondFactor(db: Db, { userId }: { userId: string }): Promise<SecondFactorView> {
  const [authenticator, passkeys, left] = await db.$transaction(async (tx) => [
    await tx.authenticator.findFirst({
      where: { userId, confirmedAt: { not: null } },
      select: { confirmedAt: true },
    }),
    await tx.passkey.count({ where: { userId } }),
    await countRecoveryCodes(tx, userId),
  ]);
  return {
    enabled: authenticator !== null || passkeys > 0,
    authenticator: authenticator !== null,
    passkeys,
    added_at: authenticator?.confirmedAt?.toISOString() ?? null,
    recovery_codes_left: left,
  };
}

/**
 * Removes the authenticator app, and with the account's last factor all recovery codes. Removing it again changes nothing.
 * The caller asks for a step-up first, which takes a factor.
 */
export async function removeAuthenticator(
  db: Db,
  { userId, orgId, ip }: SignedIn,
): Promise<RemovedAuthenticatorView> {
  const removed = await transactWithKeys(db, [userSubject(userId)], async (tx) => {
    await lockAccount(tx, userId);
    const { count } = await tx.authenticator.deleteMany({ where: { userId, confirmedAt: { not: null } } });
    if (count === 0) return undefined;
    const last = await endFactorsWithLast(tx, userId);
    await recordAuditIn(tx, {
      orgId,
      actor: { type: "user", id: userId },
      action: "auth.second_factor_removed",
      target: { type: "user", id: userId },
      details: { factor: "authenticator", ...(await ipDetail(tx, userSubject(userId), ip)) },
    });
    return { last };
  });
  if (removed !== undefined) {
    forgetPrincipals(userId);
    afterResponse("second factor notice", () => emailUser(db, userId, secondFactorRemovedEmail(removed)));
  }
  return { object: "authenticator", deleted: true };
}

/** New recovery codes; all earlier ones stop working. @throws AppError `conflict` without a second factor. */
export async function renewRecoveryCodes(
  db: Db,
  { userId, orgId, ip }: SignedIn,
  clock: Clock = systemClock,
): Promise<RecoveryCodesView> {
  const codes = await transactWithKeys(db, [userSubject(userId)], async (tx) => {
    if (!(await hasSecondFactor(tx, userId))) {
      throw new AppError("conflict", {
        public: "Recovery codes come with a second factor. Add an authenticator app or a passkey first.",
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
