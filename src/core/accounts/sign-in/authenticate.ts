import { writeAudit } from "../../audit";
import { AppError, type Clock, type Db, type Tx } from "../../platform";
import { afterResponse } from "../../platform/concurrency/after-response";
import { emailIndex, emailIndexes } from "../email/email-address";
import { passwordGate, verifyPassword } from "../passwords/password";
import type { CallerContext, LoginInput } from "../schemas";
import { recordFailedSignIn, type SignInAttempt } from "../sign-in-history/record-sign-in";
import { findProvisional, provisionalTag } from "../sign-up/provisional-account";
import { userSubject } from "../users/user-fields";
import { ipDetail } from "./ip-fingerprint";
import { assertMayGuess, countWrongGuess } from "./throttle";

export interface Authenticated {
  userId: string;
  sessionVersion: number;
  passwordHash: string;
}

interface PresentedPassword extends Pick<LoginInput, "email" | "password">, CallerContext {
  /** What is signed in to; not given where somebody signed in proves who they are. */
  kind?: SignInAttempt["kind"] | undefined;
  /** Whose password it must be, where that is known. */
  userId?: string | undefined;
}

/**
 * Authenticates a user by password. An unknown email address, an account without a password and a wrong password give the
 * same error after the same work; a provisional account is found after the same work as the one that has its address. The limit is read and a wrong guess counted inside the password gate, so that a burst
 * of guesses cannot pass the check before the first is counted.
 * @throws AppError `invalid_login`, `too_many_attempts`, `service_unavailable`.
 */
export async function authenticate(
  db: Db,
  { email, password, ip, userAgent, kind, userId }: PresentedPassword,
  clock: Clock,
): Promise<Authenticated> {
  const guess = { emailIndex: emailIndex(email), ip };
  return await passwordGate.run(async () => {
    await assertMayGuess(db, guess, clock);
    const user = await db.user.findFirst({
      where:
        userId === undefined ? { emailIndex: { in: emailIndexes(email) }, deletedAt: null } : { id: userId },
      select: { id: true, passwordHash: true, sessionVersion: true },
    });
    const matches = await verifyPassword(user?.passwordHash ?? null, password);
    // Looked for whether or not the first one matched, so that the response time says nothing of either.
    const provisional =
      userId === undefined
        ? await findProvisional(db, { email, tag: await provisionalTag(email, password) })
        : null;
    const found = matches ? user : provisional;
    if (found?.passwordHash) {
      return { userId: found.id, sessionVersion: found.sessionVersion, passwordHash: found.passwordHash };
    }
    // The same with and without an account, so that the response time reveals nothing.
    await countWrongGuess(db, guess);
    if (user !== null) afterResponse("failed sign-in", () => recordFailure(db, user.id, ip));
    if (user !== null && kind !== undefined) {
      const attempt = { userId: user.id, kind, method: "password", ip, userAgent } as const;
      afterResponse("failed sign-in in the history", () =>
        recordFailedSignIn(db, { ...attempt, result: "wrong_password" }, clock),
      );
    }
    throw invalidLogin();
  });
}

/**
 * The password may have changed, or all sessions ended, between its check and the new session. The user's row is locked
 * until the commit, so that such a change either fails this sign-in or finds and ends its session.
 * @throws AppError `invalid_login`.
 */
export async function assertStillProven(tx: Tx, proven: Authenticated): Promise<void> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id FROM users
    WHERE id = ${proven.userId}::uuid AND session_version = ${proven.sessionVersion}::int
      AND password_hash = ${proven.passwordHash} AND deleted_at IS NULL
    FOR NO KEY UPDATE`;
  if (rows.length === 0) throw invalidLogin();
}

/**
 * Records the account by its id, so that after its erasure nothing says whose address was tried. Attempts on unknown
 * addresses only count in `agatha_http_errors_total`.
 */
async function recordFailure(db: Db, userId: string, ip: string | null): Promise<void> {
  await writeAudit({
    orgId: null,
    actor: { type: "anonymous", id: null },
    action: "auth.login_failed",
    target: { type: "user", id: userId },
    details: await ipDetail(db, userSubject(userId), ip),
  });
}

export function invalidLogin(): AppError {
  return new AppError("invalid_login", {
    public: "Wrong email or password.",
  });
}
