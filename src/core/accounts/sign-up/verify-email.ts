import { recordAuditIn } from "../../audit";
import { AppError, type Clock, type Db, type Principal, systemClock } from "../../platform";
import { afterResponse } from "../../platform/concurrency/after-response";
import { type KeyedTx, transactWithKeys } from "../../privacy";
import { addressVerifiedEmail } from "../email/account-emails";
import { emailUser } from "../email/email-user";
import { assertStrongPassword } from "../passwords/assert-strong-password";
import { hashPassword, passwordGate, verifyPassword } from "../passwords/password";
import type { CallerContext, EmailVerifiedView, PasswordOutcome, VerifyEmailInput } from "../schemas";
import { createSession, type SessionRef } from "../sessions/create-session";
import { endEarlierAccess, type RevokeKeysAndInvitations } from "../sign-in/end-earlier-access";
import { ipDetail } from "../sign-in/ip-fingerprint";
import { isKnownDevice, recordOwnDevice } from "../sign-in/known-devices";
import { lockAccount } from "../sign-in/lock-account";
import { findEmailToken, invalidToken, spendEmailToken } from "../tokens/email-token";
import { loadMe } from "../users/get-me";
import { userSubject } from "../users/user-fields";

interface Proof extends CallerContext, VerifyEmailInput {
  revokeKeysAndInvitations: RevokeKeysAndInvitations;
}

/**
 * Verifies the email address a link was sent to and ends all earlier access (`endEarlierAccess`). The password becomes
 * what the caller sends. Without one it is kept only when the call comes from a known device; otherwise it is removed,
 * because a stranger may have registered somebody else's address.
 * @throws AppError `invalid_token`, `weak_password`.
 */
export async function verifyEmail(
  db: Db,
  proof: Proof,
  clock: Clock = systemClock,
): Promise<EmailVerifiedView> {
  const { view } = await prove(db, { ...proof, signsIn: false, mayKeepPassword: isKnownDevice }, clock);
  return view;
}

/**
 * `verifyEmail` for the portal's page, which signs the user in with a new session. A caller already signed in to the
 * account may keep its password; anyone else must send one.
 * @throws AppError `invalid_token`, `weak_password`, `invalid_request` without the password.
 */
export async function verifyEmailAtPortal(
  db: Db,
  { principal, ...proof }: Proof & { principal: Principal | null },
  clock: Clock = systemClock,
): Promise<{ view: EmailVerifiedView; session: SessionRef | undefined }> {
  const { userId } = await findEmailToken(db, { token: proof.token, purpose: "verify_email" }, clock);
  const isOwnAccount = principal?.userId === userId;
  if (!isOwnAccount && proof.password === undefined) {
    throw new AppError("invalid_request", {
      public: "Enter a password for this account.",
      param: "password",
    });
  }
  // A caller signed in to another account stays signed in there.
  const signsIn = isOwnAccount || principal === null;
  return await prove(db, { ...proof, signsIn, mayKeepPassword: async () => isOwnAccount }, clock);
}

interface ProofOptions extends Proof {
  /** Whether to create a portal session. */
  signsIn: boolean;
  mayKeepPassword: (tx: KeyedTx, seen: CallerContext & { userId: string }, clock: Clock) => Promise<boolean>;
}

async function prove(db: Db, options: ProofOptions, clock: Clock) {
  const { token, ip, userAgent, revokeKeysAndInvitations } = options;
  const { userId } = await findEmailToken(db, { token, purpose: "verify_email" }, clock);
  const me = await loadMe(db, { userId });
  if (me === undefined) throw invalidToken();
  const chosen = await choosePassword(db, { userId, password: options.password, user: me.view.user });
  const { outcome, ended, session } = await transactWithKeys(db, [userSubject(userId)], async (tx) => {
    const account = await lockAccount(tx, userId);
    if (account === undefined) throw invalidToken();
    await spendEmailToken(tx, { token, purpose: "verify_email" }, clock);
    const seen = { userId, ip, userAgent };
    const kept = chosen === undefined && (await options.mayKeepPassword(tx, seen, clock));
    const passwordHash = chosen?.passwordHash ?? (kept ? account.passwordHash : null);
    const because = "address proven";
    const access = await endEarlierAccess(
      tx,
      { userId, account, passwordHash, because, revokeKeysAndInvitations },
      clock,
    );
    await recordOwnDevice(tx, seen, clock);
    const created = options.signsIn
      ? await createSession(
          tx,
          {
            ...seen,
            kind: "portal",
            method: "email_link",
            orgId: me.orgId,
            sessionVersion: access.sessionVersion,
          },
          clock,
        )
      : undefined;
    await recordAuditIn(tx, ...access.entries, {
      orgId: me.orgId,
      actor: { type: "user", id: userId },
      action: "auth.email_verified",
      target: { type: "user", id: userId },
      details: { ...access.counts, ...(await ipDetail(tx, userSubject(userId), ip)) },
    });
    const byDefault: PasswordOutcome = passwordHash === null ? "removed" : "kept";
    return { ended: access, session: created, outcome: chosen?.outcome ?? byDefault };
  });
  ended.afterCommit(db);
  afterResponse("verified notice", () => emailUser(db, userId, addressVerifiedEmail(ended.counts, outcome)));
  const view: EmailVerifiedView = { email_verified: true, ...(outcome !== "kept" && { password: outcome }) };
  return { view, session };
}

interface Choice {
  passwordHash: string;
  outcome: PasswordOutcome;
}

/** Runs before the transaction, which must not wait for hashing. Sending the present password again counts as kept. */
async function choosePassword(
  db: Db,
  {
    userId,
    password,
    user,
  }: { userId: string; password: string | undefined; user: { email: string; name: string } },
): Promise<Choice | undefined> {
  if (password === undefined) return undefined;
  await assertStrongPassword(password, user);
  const before = await db.user.findUniqueOrThrow({ where: { id: userId }, select: { passwordHash: true } });
  const same = await passwordGate.run(() => verifyPassword(before.passwordHash, password));
  return { passwordHash: await hashPassword(password), outcome: same ? "kept" : "changed" };
}
