import { recordAuditIn } from "../../audit";
import { AppError, type Clock, type Db, type DbOrTx, MINUTE, systemClock } from "../../platform";
import { type KeyedTx, transactWithKeys } from "../../privacy";
import type { Assertion, PasskeyOptionsView } from "../passkeys/schemas";
import { askForPasskey, verifyPasskey } from "../passkeys/verify-passkey";
import type { CallerContext } from "../schemas";
import { hasSecondFactor } from "../second-factor/has-second-factor";
import { type ProvenFactor, proveSecondFactor } from "../second-factor/prove-second-factor";
import type { SteppedUpView, StepUpInput } from "../second-factor/schemas";
import { type Authenticated, assertStillProven, authenticate } from "../sign-in/authenticate";
import { ipDetail } from "../sign-in/ip-fingerprint";
import { getUserEmail, userSubject } from "../users/user-fields";

/** How long a proof counts: a sign-in, or a step-up. */
const STEPPED_UP_MS = 10 * MINUTE;

interface OfSession {
  userId: string;
  orgId: string;
  sessionId: string;
}

/**
 * Proves that the person behind a session is its owner: by a code if the account has a second factor, else by the
 * password. A password alone never removes a second factor.
 * @throws AppError `second_factor_required`, `second_factor_invalid`, `invalid_login` (param `password`), `invalid_request`,
 * `too_many_attempts`.
 */
export async function stepUp(
  db: Db,
  { userId, orgId, sessionId, password, totp, ip }: StepUpInput & OfSession & CallerContext,
  clock: Clock = systemClock,
): Promise<SteppedUpView> {
  const factor = await proveSecondFactor(db, { userId, totp, ip }, clock);
  const proven = factor === undefined ? await provePassword(db, { userId, password, ip }, clock) : undefined;
  return await transactWithKeys(db, [userSubject(userId)], async (tx) => {
    if (proven !== undefined) {
      await assertStillProven(tx, proven);
      if (await hasSecondFactor(tx, userId)) throw wrongPassword();
    }
    return await recordStepUp(tx, { userId, orgId, sessionId, method: methodOf(factor), ip }, clock);
  });
}

/** Asks the browser of a session for a passkey, to prove that it is still the same person. */
export async function startPasskeyStepUp(
  db: Db,
  { sessionId }: { sessionId: string },
  clock: Clock = systemClock,
): Promise<PasskeyOptionsView> {
  return await askForPasskey(db, { purpose: "step_up", holder: sessionId }, clock);
}

/** The same as `stepUp`, by a passkey. @throws AppError `passkey_invalid`. */
export async function stepUpWithPasskey(
  db: Db,
  { userId, orgId, sessionId, assertion, ip }: OfSession & CallerContext & { assertion: Assertion },
  clock: Clock = systemClock,
): Promise<SteppedUpView> {
  await verifyPasskey(db, { assertion, holder: sessionId, purpose: "step_up", userId, ip }, clock);
  return await transactWithKeys(db, [userSubject(userId)], (tx) =>
    recordStepUp(tx, { userId, orgId, sessionId, method: "passkey", ip }, clock),
  );
}

export async function recordStepUp(
  tx: KeyedTx,
  { userId, orgId, sessionId, method, ip }: OfSession & CallerContext & { method: string },
  clock: Clock,
): Promise<SteppedUpView> {
  const now = clock.now();
  await tx.session.updateMany({
    where: { id: sessionId, userId, revokedAt: null },
    data: { steppedUpAt: now },
  });
  await recordAuditIn(tx, {
    orgId,
    actor: { type: "user", id: userId },
    action: "auth.stepped_up",
    target: { type: "session", id: sessionId },
    details: { method, ...(await ipDetail(tx, userSubject(userId), ip)) },
  });
  return { stepped_up_until: new Date(now.getTime() + STEPPED_UP_MS).toISOString() };
}

/**
 * Refuses a session whose owner has not proven themselves in the last ten minutes. Read from the database each time,
 * because these calls are rare and grave.
 * @throws AppError `step_up_required`.
 */
export async function assertSteppedUp(
  db: DbOrTx,
  { userId, sessionId }: Omit<OfSession, "orgId">,
  clock: Clock = systemClock,
): Promise<void> {
  const since = new Date(clock.now().getTime() - STEPPED_UP_MS);
  const recent = await db.session.count({
    where: { id: sessionId, userId, revokedAt: null, steppedUpAt: { gt: since } },
  });
  if (recent > 0) return;
  throw new AppError("step_up_required", {
    public:
      "Confirm that it is you, then repeat this call: send your password, or a code of your second factor, to POST /api/v1/auth/step-up. It counts for 10 minutes.",
  });
}

async function provePassword(
  db: Db,
  { userId, password, ip }: CallerContext & { userId: string; password: string | undefined },
  clock: Clock,
): Promise<Authenticated> {
  if (password === undefined) {
    throw new AppError("invalid_request", { public: "Send your password.", param: "password" });
  }
  const email = await getUserEmail(db, userId);
  if (email === undefined) throw new AppError("not_found", { public: "Account not found." });
  return await authenticate(db, { email, password, ip, userId }, clock).catch((error: unknown) => {
    throw error instanceof AppError && error.code === "invalid_login" ? wrongPassword() : error;
  });
}

function wrongPassword(): AppError {
  return new AppError("invalid_login", {
    public: "The password is wrong. If your account has no password, sign in again instead.",
    param: "password",
  });
}

function methodOf(factor: ProvenFactor | undefined): string {
  return factor?.method ?? "password";
}
