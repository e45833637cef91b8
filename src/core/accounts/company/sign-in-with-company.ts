import { type AuditEntry, recordAuditIn } from "../../audit";
import type { Clock, Db } from "../../platform";
import { afterResponse } from "../../platform/concurrency/after-response";
import { type KeyedTx, transactWithKeys } from "../../privacy";
import { providerLinkedEmail } from "../email/account-emails";
import { emailIndexes } from "../email/email-address";
import { emailUser } from "../email/email-user";
import type { PresentedPasskey } from "../passkeys/verify-passkey";
import type { CallerContext } from "../schemas";
import type { FactorMethod } from "../second-factor/prove-second-factor";
import { createSession, type NewSession, type SessionRef } from "../sessions/create-session";
import { endEarlierAccess, type RevokeKeysAndInvitations } from "../sign-in/end-earlier-access";
import { ipDetail } from "../sign-in/ip-fingerprint";
import { recordOwnDevice } from "../sign-in/known-devices";
import { lockAccountOrThrow, lockAccountToSignIn } from "../sign-in/lock-account";
import { proveFactorToSignIn } from "../sign-in/prove-factor-to-sign-in";
import { notifyNewSignIn } from "../sign-in-history/notify-new-sign-in";
import { createUser } from "../users/create-user";
import { defaultOrgOf } from "../users/get-me";
import { userSubject } from "../users/user-fields";
import { findCompanyLink, linkToCompany } from "./company-links";

/** Makes the person a member, in the transaction of their session. Returns what to record at its end. */
export type JoinCompany = (tx: KeyedTx, userId: string) => Promise<AuditEntry[]>;

export interface AtCompany extends CallerContext {
  connectionId: string;
  orgId: string;
  /** When the person last proved to their company who they are. */
  provenAt: Date;
  join: JoinCompany;
}

export interface CompanyIdentity extends AtCompany {
  /** The provider's id of the person. Unlike an email address it never changes hands. */
  subject: string;
  /** In a domain that the company has verified: the caller has seen to that. */
  email: string;
  /** One line, at most 120 characters. */
  name: string;
  revokeKeysAndInvitations: RevokeKeysAndInvitations;
}

/**
 * Signs a person in at the portal through their company. The account is the one linked to the company's person, else the one
 * with that address, else a new one. That opens no more than the mailbox does, which is the company's as well: an account
 * with a second factor still asks for it, and one whose address was never proven starts anew (`endEarlierAccess`).
 * @throws AppError `second_factor_required`: go on with `completeCompanySignIn`; `not_found` for a deleted account.
 */
export async function signInWithCompany(
  db: Db,
  identity: CompanyIdentity,
  clock: Clock,
): Promise<SessionRef> {
  const linked = await findCompanyLink(db, identity);
  if (linked !== null) return await startSession(db, { ...identity, userId: linked }, clock);
  try {
    return await connect(db, identity, clock);
  } catch (error) {
    // Another tab of the same person may have linked the account first.
    const linkedMeanwhile = await findCompanyLink(db, identity);
    if (linkedMeanwhile === null) throw error;
    return await startSession(db, { ...identity, userId: linkedMeanwhile }, clock);
  }
}

/** Ends a sign-in through the company by the account's own second factor. @throws AppError as `completeProviderSignIn`. */
export async function completeCompanySignIn(
  db: Db,
  {
    totp,
    passkey,
    ...waiting
  }: AtCompany & {
    userId: string;
    sessionVersion: number;
    totp: string | undefined;
    passkey?: PresentedPasskey | undefined;
  },
  clock: Clock,
): Promise<SessionRef> {
  const attempt = { ...waiting, kind: "portal", method: "company" } as const;
  const factor = await proveFactorToSignIn(db, { ...attempt, totp, passkey }, clock);
  return await startSession(db, { ...waiting, factor }, clock);
}

async function connect(db: Db, identity: CompanyIdentity, clock: Clock): Promise<SessionRef> {
  const owner = await db.user.findFirst({
    where: { emailIndex: { in: emailIndexes(identity.email) } },
    select: { id: true },
  });
  if (owner === null) return await createMember(db, identity, clock);
  const userId = owner.id;
  const subject = userSubject(userId);
  const ended = await transactWithKeys(db, [subject], async (tx) => {
    const account = await lockAccountOrThrow(tx, userId);
    const first = account.emailVerifiedAt === null;
    const { revokeKeysAndInvitations, orgId, connectionId } = identity;
    const access = first
      ? await endEarlierAccess(
          tx,
          { userId, account, passwordHash: null, because: "address proven", revokeKeysAndInvitations },
          clock,
        )
      : undefined;
    if (first) await recordOwnDevice(tx, { ...identity, userId }, clock);
    await linkToCompany(tx, { ...identity, userId }, clock);
    const address = await ipDetail(tx, subject, identity.ip);
    const entryOf = (action: AuditEntry["action"], of: string | null): AuditEntry => ({
      orgId: of,
      actor: { type: "user", id: userId },
      action,
      target: { type: "user", id: userId },
      details: { method: "company", connection: connectionId, ...access?.counts, ...address },
    });
    const own = await defaultOrgOf(tx, userId);
    await recordAuditIn(
      tx,
      ...(access?.entries ?? []),
      ...(first ? [entryOf("auth.email_verified", own)] : []),
      entryOf("auth.provider_linked", own ?? orgId),
    );
    return access;
  });
  ended?.afterCommit(db);
  afterResponse("company linked notice", () =>
    emailUser(db, userId, providerLinkedEmail("your company", ended?.counts)),
  );
  return await startSession(db, { ...identity, userId }, clock);
}

async function createMember(db: Db, identity: CompanyIdentity, clock: Clock): Promise<SessionRef> {
  const { email, name } = identity;
  return await createUser(
    db,
    { email, name, passwordHash: null, emailVerified: true },
    async (tx, { userId, sessionVersion }) => {
      await linkToCompany(tx, { ...identity, userId }, clock);
      await recordOwnDevice(tx, { ...identity, userId }, clock);
      return await createRecorded(
        tx,
        { ...identity, userId, sessionVersion, action: "auth.registered" },
        clock,
      );
    },
    clock,
  );
}

interface ToStart extends AtCompany {
  userId: string;
  factor?: FactorMethod | undefined;
  /** Given where the sign-in began earlier. */
  sessionVersion?: number;
}

async function startSession(db: Db, at: ToStart, clock: Clock): Promise<SessionRef> {
  const { userId } = at;
  const session = await transactWithKeys(db, [userSubject(userId)], async (tx) => {
    const { sessionVersion } = await lockAccountToSignIn(tx, { userId, sessionVersion: at.sessionVersion });
    return await createRecorded(tx, { ...at, sessionVersion, action: "auth.logged_in" }, clock);
  });
  notifyNewSignIn(db, session, at, clock);
  return session;
}

/** Membership and session come in one transaction: whoever does not get in is no member either. */
async function createRecorded(
  tx: KeyedTx,
  {
    action,
    join,
    ...session
  }: ToStart & { sessionVersion: number; action: "auth.registered" | "auth.logged_in" },
  clock: Clock,
): Promise<NewSession> {
  const { userId, orgId, connectionId, factor, ip } = session;
  const joined = await join(tx, userId);
  const created = await createSession(tx, { ...session, kind: "portal", method: "company" }, clock);
  const address = await ipDetail(tx, userSubject(userId), ip);
  await recordAuditIn(tx, ...joined, {
    orgId,
    actor: { type: "user", id: userId },
    action,
    target: { type: "session", id: created.sessionId },
    details: {
      method: "company",
      connection: connectionId,
      factor,
      face: "portal",
      new_device: created.newDevice || undefined,
      ...address,
    },
  });
  return created;
}
