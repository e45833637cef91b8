import QRCode from "qrcode";
import { recordAuditIn } from "../../audit";
import { AppError, type Clock, type Db, HOUR, systemClock } from "../../platform";
import { afterResponse } from "../../platform/concurrency/after-response";
import { transactWithKeys } from "../../privacy";
import { emailUser } from "../email/email-user";
import { secondFactorAddedEmail } from "../email/second-factor-emails";
import type { CallerContext } from "../schemas";
import { forgetPrincipals } from "../sessions/load-user-principal";
import { revokeSessions } from "../sessions/revoke-sessions";
import { ipDetail } from "../sign-in/ip-fingerprint";
import { lockAccount } from "../sign-in/lock-account";
import { throttleSecondFactor } from "../sign-in/throttle";
import { getUserEmail, userSubject } from "../users/user-fields";
import { newSecret, stepOfCode, storeSecret } from "./authenticator";
import { issueRecoveryCodes } from "./recovery-codes";
import type { NewAuthenticatorView, RecoveryCodesView } from "./schemas";

/** A secret that was not confirmed within this time cannot be confirmed any more. */
const UNCONFIRMED_MS = HOUR;

interface SignedIn {
  userId: string;
  orgId: string;
  sessionId: string;
}

/**
 * Makes the secret of a new authenticator app. Until a code of it is confirmed, signing in does not change. Requires a
 * verified address, so that somebody who registers another person's address cannot lock its owner out.
 * @throws AppError `email_not_verified`, `conflict` if the account has an authenticator.
 */
export async function startAuthenticator(
  db: Db,
  { userId, emailVerified }: SignedIn & { emailVerified: boolean },
  clock: Clock = systemClock,
): Promise<NewAuthenticatorView> {
  const email = await getUserEmail(db, userId);
  if (email === undefined) throw gone();
  if (!emailVerified) {
    throw new AppError("email_not_verified", {
      public: "Verify your email before you add an authenticator app.",
    });
  }
  const { secret, url } = newSecret(email);
  const stored = await transactWithKeys(db, [userSubject(userId)], (tx) =>
    storeSecret(tx, { userId, secret }, clock),
  );
  if (!stored) {
    throw new AppError("conflict", {
      public: "This account has an authenticator app already. Remove it before you add another one.",
    });
  }
  const svg = await QRCode.toString(url, { type: "svg", margin: 2, errorCorrectionLevel: "M" });
  return {
    secret,
    otpauth_url: url,
    qr_code: `data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")}`,
  };
}

/**
 * Confirms the authenticator app by one of its codes; from now on every sign-in takes a code. The person's other
 * sessions end, because they began without it: an older refresh token must not bypass the new factor.
 * @throws AppError `second_factor_invalid`, `conflict` without an unconfirmed secret, `too_many_attempts`.
 */
export async function confirmAuthenticator(
  db: Db,
  { userId, orgId, sessionId, code, ip }: SignedIn & CallerContext & { code: string },
  clock: Clock = systemClock,
): Promise<RecoveryCodesView> {
  await throttleSecondFactor(db, { userId, ip, guessable: true }, clock);
  const codes = await transactWithKeys(db, [userSubject(userId)], async (tx) => {
    // Serializes with sign-ins: one that is running either finds the factor, or its session is ended here.
    if ((await lockAccount(tx, userId)) === undefined) throw gone();
    const youngest = new Date(clock.now().getTime() - UNCONFIRMED_MS);
    const pending = await tx.authenticator.findFirst({
      where: { userId, confirmedAt: null, createdAt: { gt: youngest } },
      select: { secretCipher: true },
    });
    if (pending === null) {
      throw new AppError("conflict", { public: "No authenticator app waits to be confirmed. Start again." });
    }
    const step = await stepOfCode(tx, { userId, ...pending, code }, clock);
    if (step === undefined) {
      throw new AppError("second_factor_invalid", {
        public: "This code is wrong or too old. Enter the newest one that your app shows.",
        param: "code",
      });
    }
    await tx.authenticator.update({
      where: { userId },
      data: { confirmedAt: clock.now(), lastStep: step },
    });
    await revokeSessions(tx, { userId, exceptSessionId: sessionId }, clock);
    const issued = await issueRecoveryCodes(tx, userId, clock);
    await recordAuditIn(tx, {
      orgId,
      actor: { type: "user", id: userId },
      action: "auth.second_factor_added",
      target: { type: "user", id: userId },
      details: { factor: "authenticator", ...(await ipDetail(tx, userSubject(userId), ip)) },
    });
    return issued;
  });
  forgetPrincipals(userId);
  afterResponse("second factor notice", () => emailUser(db, userId, secondFactorAddedEmail()));
  return { recovery_codes: codes };
}

function gone(): AppError {
  return new AppError("not_found", { public: "Account not found." });
}
