import { recordAuditIn } from "../../audit";
import { type Clock, systemClock } from "../../platform/clock";
import type { Db } from "../../platform/db/client";
import { AppError } from "../../platform/errors";
import type { Principal } from "../../platform/principal";
import { type KeyedTx, transactWithKeys } from "../../privacy";
import { addressVerifiedEmail } from "../email/account-emails";
import { afterResponse } from "../email/after-response";
import { emailUser } from "../email/email-user";
import { assertStrongPassword } from "../passwords/assert-strong-password";
import { hashPassword, passwordGate, verifyPassword } from "../passwords/password";
import type { CallerContext, EmailVerifiedView, PasswordOutcome, VerifyEmailInput } from "../schemas";
import { createSession, type SessionRef } from "../sessions/create-session";
import { endEarlierAccess, lockAccount, type RevokeKeysAndInvitations } from "../sign-in/end-earlier-access";
import { ipDetail } from "../sign-in/ip-fingerprint";
import { isKnownDevice, recordOwnDevice } from "../sign-in/known-devices";
import { findEmailToken, invalidToken, spendEmailToken } from "../tokens/email-token";
import { loadMe } from "../users/get-me";
import { userSubject } from "../users/user-fields";

interface Proof extends CallerContext, VerifyEmailInput {
  revokeKeysAndInvitations: RevokeKeysAndInvitations;
}

/**
 * Confirms the address a link was mailed to, and ends all that was made before (`endEarlierAccess`). The password is
 * what the caller says. Unsaid, it stays only where the call comes from the place where the account was made; else it
 * may be a stranger's, who registered somebody else's address and waited, and is removed.
 * @throws AppError `invalid_token`, `weak_password`.
 */
export async function verifyEmail(
  db: Db,
  proof: Proof,
  clock: Clock = systemClock,
): Promise<EmailVerifiedView> {
  const { view } = await prove(db, { ...proof, opens: false, mayKeep: isKnownDevice }, clock);
  return view;
}

/**
 * The same at the portal's page, whose reader is signed in from there on by a session of their own. Who is signed in to
 * the account already keeps its password: they know it. Everybody else says what it is to be.
 * @throws AppError `invalid_token`, `weak_password`, `invalid_request` without the password.
 */
export async function verifyEmailAtPortal(
  db: Db,
  { principal, ...proof }: Proof & { principal: Principal | null },
  clock: Clock = systemClock,
): Promise<{ view: EmailVerifiedView; opened: SessionRef | undefined }> {
  const { userId } = await findEmailToken(db, { token: proof.token, purpose: "verify_email" }, clock);
  const theirs = principal?.userId === userId;
  if (!theirs && proof.password === undefined) {
    throw new AppError("invalid_request", {
      public: "Enter a password for this account.",
      param: "password",
    });
  }
  // Who is signed in to another account stays there.
  const opens = theirs || principal === null;
  return await prove(db, { ...proof, opens, mayKeep: async () => theirs }, clock);
}

interface Terms extends Proof {
  opens: boolean;
  mayKeep: (tx: KeyedTx, seen: CallerContext & { userId: string }, clock: Clock) => Promise<boolean>;
}

async function prove(db: Db, terms: Terms, clock: Clock) {
  const { token, ip, userAgent, revokeKeysAndInvitations } = terms;
  const { userId } = await findEmailToken(db, { token, purpose: "verify_email" }, clock);
  const me = await loadMe(db, { userId });
  if (me === undefined) throw invalidToken();
  const chosen = await choosePassword(db, { userId, password: terms.password, user: me.view.user });
  const { outcome, ended, opened } = await transactWithKeys(db, [userSubject(userId)], async (tx) => {
    const account = await lockAccount(tx, userId);
    if (account === undefined) throw invalidToken();
    await spendEmailToken(tx, { token, purpose: "verify_email" }, clock);
    const seen = { userId, ip, userAgent };
    const kept = chosen === undefined && (await terms.mayKeep(tx, seen, clock));
    const passwordHash = chosen?.passwordHash ?? (kept ? account.passwordHash : null);
    const because = "address proven";
    const access = await endEarlierAccess(
      tx,
      { userId, account, passwordHash, because, revokeKeysAndInvitations },
      clock,
    );
    await recordOwnDevice(tx, seen, clock);
    const session = terms.opens
      ? await createSession(
          tx,
          { ...seen, kind: "portal", orgId: me.orgId, sessionVersion: access.sessionVersion },
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
    const unsaid: PasswordOutcome = passwordHash === null ? "removed" : "kept";
    return { ended: access, opened: session, outcome: chosen?.outcome ?? unsaid };
  });
  ended.settle(db);
  afterResponse("verified notice", () => emailUser(db, userId, addressVerifiedEmail(ended.counts, outcome)));
  const view: EmailVerifiedView = { email_verified: true, ...(outcome !== "kept" && { password: outcome }) };
  return { view, opened };
}

interface Choice {
  passwordHash: string;
  outcome: PasswordOutcome;
}

/** Before the transaction, which must not wait at the password gate. Who only writes it again has not changed it. */
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
