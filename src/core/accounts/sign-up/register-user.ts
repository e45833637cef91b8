import { recordAuditIn } from "../../audit";
import { type Clock, type Db, systemClock } from "../../platform";
import { afterResponse } from "../../platform/concurrency/after-response";
import { sendEmail } from "../../platform/mail/send-email";
import type { KeyedTx } from "../../privacy";
import { verificationEmail } from "../email/account-emails";
import { emailIndex } from "../email/email-address";
import { assertStrongPassword } from "../passwords/assert-strong-password";
import { hashPassword } from "../passwords/password";
import type { CallerContext, RegisterInput, SignedInView } from "../schemas";
import { createApiSession, toSignedInView } from "../sessions/create-session";
import { ipDetail } from "../sign-in/ip-fingerprint";
import { recordOwnDevice } from "../sign-in/known-devices";
import { throttleRegistration } from "../sign-in/throttle";
import { issueEmailToken } from "../tokens/email-token";
import { type CreatedUser, createUser, emailTaken } from "../users/create-user";
import { userSubject } from "../users/user-fields";
import { throttleNewAccount } from "./throttle-new-account";

/** Registers a user and signs them in at the API, in one commit. @throws AppError as `registerAccount`. */
export async function registerUser(
  db: Db,
  input: RegisterInput & CallerContext,
  clock: Clock = systemClock,
): Promise<SignedInView> {
  const { ip, userAgent } = input;
  const { view, session, refreshToken } = await registerAccount(
    db,
    input,
    async (tx, user) => ({
      view: user.view,
      ...(await createApiSession(tx, { ...user, method: "registration", ip, userAgent }, clock)),
    }),
    clock,
  );
  return await toSignedInView(view, session, refreshToken, clock);
}

/**
 * Registers a user at the portal, which then signs them in by its own cookie, so no session is created here.
 * @throws AppError as `registerAccount`.
 */
export async function signUp(
  db: Db,
  input: RegisterInput & CallerContext,
  clock: Clock = systemClock,
): Promise<{ signed_up: true }> {
  await registerAccount(db, input, async () => undefined, clock);
  return { signed_up: true };
}

/**
 * Creates an account with a password. User, data keys, organization, verification token and what `alongside` adds are one
 * commit. The verification email follows; if it fails, that is only logged, because it can be requested again.
 * @throws AppError `weak_password`, `email_taken` (both name their param), `too_many_attempts`.
 */
async function registerAccount<T>(
  db: Db,
  { email, password, name, ip, userAgent }: RegisterInput & CallerContext,
  alongside: (tx: KeyedTx, user: CreatedUser) => Promise<T>,
  clock: Clock,
): Promise<T> {
  await throttleRegistration(db, { ip }, clock);
  await assertStrongPassword(password, { email, name });
  const taken = await db.user.findUnique({ where: { emailIndex: emailIndex(email) }, select: { id: true } });
  if (taken !== null) throw emailTaken();
  await throttleNewAccount(db, { email, ip }, clock);
  const passwordHash = await hashPassword(password);

  const { added, verification } = await createUser(
    db,
    { email, name, passwordHash, emailVerified: false },
    async (tx, user) => {
      await recordOwnDevice(tx, { userId: user.userId, ip, userAgent }, clock);
      const alongsideUser = await alongside(tx, user);
      const token = await issueEmailToken(tx, { userId: user.userId, purpose: "verify_email" }, clock);
      await recordAuditIn(tx, {
        orgId: user.orgId,
        actor: { type: "user", id: user.userId },
        action: "auth.registered",
        target: { type: "user", id: user.userId },
        details: { method: "password", ...(await ipDetail(tx, userSubject(user.userId), ip)) },
      });
      return { added: alongsideUser, verification: token };
    },
    clock,
  );
  afterResponse("verification email", () => sendEmail({ to: email, ...verificationEmail(verification) }));
  return added;
}
