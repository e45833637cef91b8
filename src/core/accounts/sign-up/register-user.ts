import { recordAuditIn } from "../../audit";
import { recordSignUp } from "../../consents";
import { AppError, type Clock, type Db, systemClock } from "../../platform";
import { afterResponse } from "../../platform/concurrency/after-response";
import { sendEmail } from "../../platform/mail/send-email";
import type { KeyedTx } from "../../privacy";
import { alreadyRegisteredEmail, verificationEmail } from "../email/account-emails";
import { emailIndex, emailIndexes } from "../email/email-address";
import { isHeldForUndo } from "../email-change/email-change-fields";
import { assertStrongPassword } from "../passwords/assert-strong-password";
import { hashPassword, passwordGate } from "../passwords/password";
import type { CallerContext, RegisterInput, SignedInView } from "../schemas";
import { createApiSession, toSignedInView } from "../sessions/create-session";
import { ipDetail } from "../sign-in/ip-fingerprint";
import { recordOwnDevice } from "../sign-in/known-devices";
import { mayEmailExisting, throttleRegistration } from "../sign-in/throttle";
import { issueEmailToken } from "../tokens/email-token";
import { type CreatedUser, createUser } from "../users/create-user";
import { userSubject } from "../users/user-fields";
import { spendProof } from "./proof-of-work";
import { provisionalTag } from "./provisional-account";
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
 * commit. The email follows; if it fails, that is only logged, because it can be requested again.
 *
 * An address that has an account gives a provisional one, with the same response after the same work; its mailbox learns of
 * it. The token of a provisional account is sent to nobody.
 * @throws AppError `weak_password` (names its param), `proof_of_work_required`, `too_many_attempts`.
 */
async function registerAccount<T>(
  db: Db,
  { email, password, name, marketing = false, proof, ip, userAgent }: RegisterInput & CallerContext,
  alongside: (tx: KeyedTx, user: CreatedUser) => Promise<T>,
  clock: Clock,
): Promise<T> {
  await throttleRegistration(db, { ip }, clock);
  await spendProof(db, { proof }, clock);
  await assertStrongPassword(password, { email, name });
  const { mailboxFull } = await throttleNewAccount(db, { email, ip }, clock);
  const indexes = emailIndexes(email);
  const taken = await db.user.findFirst({ where: { emailIndex: { in: indexes } }, select: { id: true } });
  const held = await isHeldForUndo(db, { emailIndexes: indexes }, clock);
  const passwordHash = await hashPassword(password);
  const tag = await passwordGate.run(() => provisionalTag(email, password));
  const account = { email, name, passwordHash, emailVerified: false };

  const create = async (provisional: boolean) =>
    await createUser(
      db,
      provisional ? { ...account, provisionalTag: tag } : account,
      async (tx, user) => {
        await recordOwnDevice(tx, { userId: user.userId, ip, userAgent }, clock);
        await recordSignUp(tx, { userId: user.userId, ip, marketing }, clock);
        const alongsideUser = await alongside(tx, user);
        const token = await issueEmailToken(tx, { userId: user.userId, purpose: "verify_email" }, clock);
        await recordAuditIn(tx, {
          orgId: user.orgId,
          actor: { type: "user", id: user.userId },
          action: "auth.registered",
          target: { type: "user", id: user.userId },
          details: { method: "password", ...(await ipDetail(tx, userSubject(user.userId), ip)) },
        });
        return { added: alongsideUser, token, provisional };
      },
      clock,
    );
  const created = await create(mailboxFull || taken !== null || held).catch(async (error: unknown) => {
    // Another registration of the address was committed meanwhile.
    if (error instanceof AppError && error.code === "email_taken") return await create(true);
    throw error;
  });
  afterResponse("sign-up email", async () => {
    if (!created.provisional) return await sendEmail({ to: email, ...verificationEmail(created.token) });
    if (!(await mayEmailExisting(db, { emailIndex: emailIndex(email) }))) return;
    await sendEmail({ to: email, ...alreadyRegisteredEmail() });
  });
  return created.added;
}
