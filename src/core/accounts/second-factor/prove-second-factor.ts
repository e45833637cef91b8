import { recordAuditIn, writeAudit } from "../../audit";
import { AppError, type Clock, type Db } from "../../platform";
import { afterResponse } from "../../platform/concurrency/after-response";
import { type KeyedTx, transactWithKeys } from "../../privacy";
import { emailUser } from "../email/email-user";
import { recoveryCodeUsedEmail } from "../email/second-factor-emails";
import { type PresentedPasskey, verifyPasskey } from "../passkeys/verify-passkey";
import type { CallerContext } from "../schemas";
import { ipDetail } from "../sign-in/ip-fingerprint";
import { throttleSecondFactor } from "../sign-in/throttle";
import { defaultOrgOf } from "../users/get-me";
import { userSubject } from "../users/user-fields";
import { acceptCode } from "./authenticator";
import { hasSecondFactor } from "./has-second-factor";
import { countRecoveryCodes, isRecoveryCode, spendRecoveryCode } from "./recovery-codes";

export type FactorMethod = "authenticator" | "passkey" | "recovery_code";

export interface PresentedFactor extends CallerContext {
  userId: string;
  /** A code of the authenticator, or a recovery code in its place. */
  totp?: string | undefined;
  /** A passkey in place of a code; only in a browser. */
  passkey?: PresentedPasskey | undefined;
}

export type ProvenFactor =
  | { method: "authenticator" | "passkey" }
  | { method: "recovery_code"; recoveryCodesLeft: number };

/**
 * Takes the second factor of an account that has one, and returns how it was proven; undefined for an account without.
 * The code or challenge is used up even when what follows fails.
 * @throws AppError `second_factor_required`, `second_factor_invalid`, `passkey_invalid`, `too_many_attempts`.
 */
export async function proveSecondFactor(
  db: Db,
  { userId, totp, passkey, ip }: PresentedFactor,
  clock: Clock,
): Promise<ProvenFactor | undefined> {
  if (!(await hasSecondFactor(db, userId))) return undefined;
  if (passkey !== undefined) {
    await verifyPasskey(db, { ...passkey, purpose: "second_factor", userId, ip }, clock);
    return { method: "passkey" };
  }
  const code = normalizeCode(totp ?? "");
  if (code === "") throw secondFactorRequired();
  await throttleSecondFactor(db, { userId, ip, guessable: !isRecoveryCode(code) }, clock);
  const proven = await transactWithKeys(db, [userSubject(userId)], (tx) =>
    accept(tx, { userId, code, ip }, clock),
  );
  if (proven === undefined) {
    afterResponse("failed second factor", () => recordFailure(db, userId, ip));
    throw new AppError("second_factor_invalid", {
      public:
        "This code is wrong, too old, or was used before. Enter the newest one of your authenticator app, or a recovery code.",
      param: "totp",
    });
  }
  if (proven.method === "recovery_code") {
    const { recoveryCodesLeft } = proven;
    afterResponse("recovery code notice", () =>
      emailUser(db, userId, recoveryCodeUsedEmail(recoveryCodesLeft)),
    );
  }
  return proven;
}

async function accept(
  tx: KeyedTx,
  presented: { userId: string; code: string; ip: string | null },
  clock: Clock,
): Promise<ProvenFactor | undefined> {
  const { userId, code, ip } = presented;
  if (/^\d{6}$/.test(code)) {
    return (await acceptCode(tx, presented, clock)) ? { method: "authenticator" } : undefined;
  }
  if (!isRecoveryCode(code) || !(await spendRecoveryCode(tx, presented, clock))) return undefined;
  const recoveryCodesLeft = await countRecoveryCodes(tx, userId);
  await recordAuditIn(tx, {
    orgId: await defaultOrgOf(tx, userId),
    actor: { type: "user", id: userId },
    action: "auth.recovery_code_used",
    target: { type: "user", id: userId },
    details: { left: recoveryCodesLeft, ...(await ipDetail(tx, userSubject(userId), ip)) },
  });
  return { method: "recovery_code", recoveryCodesLeft };
}

/** Codes are typed with the blanks and hyphens that they are shown with, and in any case. */
function normalizeCode(text: string): string {
  return text.replaceAll(/[\s-]/g, "").toLowerCase();
}

export function secondFactorRequired(): AppError {
  return new AppError("second_factor_required", {
    public:
      "This account has a second factor. Repeat the call with `totp`: a code of your authenticator app, or a recovery code. Passkeys work in the portal only.",
    param: "totp",
  });
}

async function recordFailure(db: Db, userId: string, ip: string | null): Promise<void> {
  await writeAudit({
    orgId: null,
    actor: { type: "anonymous", id: null },
    action: "auth.second_factor_failed",
    target: { type: "user", id: userId },
    details: await ipDetail(db, userSubject(userId), ip),
  });
}
