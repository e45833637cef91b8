import { type AuditEntry, recordAuditIn } from "../../audit";
import { AppError, type Clock, type Db, systemClock, type Tx } from "../../platform";
import { afterResponse } from "../../platform/concurrency/after-response";
import { type KeyedTx, transactWithKeys } from "../../privacy";
import { providerLinkedEmail } from "../email/account-emails";
import { emailIndexes, emailSchema } from "../email/email-address";
import { emailUser } from "../email/email-user";
import type { PresentedPasskey } from "../passkeys/verify-passkey";
import type { CallerContext } from "../schemas";
import type { FactorMethod } from "../second-factor/prove-second-factor";
import { createSession, type NewSession, type SessionRef } from "../sessions/create-session";
import { notifyNewSignIn } from "../sign-in-history/notify-new-sign-in";
import { mailboxIsFull, throttleNewAccount } from "../sign-up/throttle-new-account";
import { createUser } from "../users/create-user";
import { defaultOrgOf, loadMe } from "../users/get-me";
import { storableName } from "../users/storable-name";
import { userSubject } from "../users/user-fields";
import {
  type EarlierAccess,
  type EndedAccess,
  endEarlierAccess,
  type RevokeKeysAndInvitations,
} from "./end-earlier-access";
import { ipDetail } from "./ip-fingerprint";
import { recordOwnDevice } from "./known-devices";
import { accountDeleted, lockAccountOrThrow, lockAccountToSignIn } from "./lock-account";
import { proveFactorToSignIn } from "./prove-factor-to-sign-in";

export interface ProviderIdentity extends CallerContext {
  provider: "google" | "github";
  /** The provider's id of the account. Unlike an email address it never changes hands. */
  providerAccountId: string;
  email: string | null;
  /** Whether the provider has verified the email address. */
  emailVerified: boolean;
  name: string | null;
}

/**
 * Signs a user in at the portal with Google or GitHub. The account is, in this order:
 * 1. the one linked to this provider account, whatever its email address is now;
 * 2. if the provider has verified the address: a new account when no account has the address;
 * 3. or the account with that address, which is then linked, and its owner notified by email. If the address was not
 *    verified before, this is its first proof: sessions, keys and the password from before end (`endEarlierAccess`).
 * @throws AppError `email_not_verified` when the provider has not verified it, `not_found` for a deleted account,
 * `too_many_attempts` for one account too many of a mailbox, domain or network, `second_factor_required` for an account that has one: `findProviderChallenge`, then `completeProviderSignIn`.
 */
export async function signInWithProvider(
  db: Db,
  identity: ProviderIdentity & { revokeKeysAndInvitations: RevokeKeysAndInvitations },
  clock: Clock = systemClock,
): Promise<SessionRef> {
  const linked = await findLinked(db, identity);
  if (linked !== null) return await createPortalSession(db, linked, identity, clock);
  try {
    return await connect(db, identity, clock);
  } catch (error) {
    // Another tab of the same user may have linked the account first.
    const linkedMeanwhile = await findLinked(db, identity);
    if (linkedMeanwhile === null) throw error;
    return await createPortalSession(db, linkedMeanwhile, identity, clock);
  }
}

/** A sign-in with a provider that waits for the second factor. */
export interface ProviderChallenge {
  provider: ProviderIdentity["provider"];
  userId: string;
  sessionVersion: number;
}

/** For the account that `signInWithProvider` has just refused. */
export async function findProviderChallenge(
  db: Db,
  { provider, providerAccountId }: Pick<ProviderIdentity, "provider" | "providerAccountId">,
): Promise<ProviderChallenge> {
  const { userId, user } = await db.linkedAccount.findUniqueOrThrow({
    where: { provider_providerAccountId: { provider, providerAccountId } },
    select: { userId: true, user: { select: { sessionVersion: true } } },
  });
  return { provider, userId, sessionVersion: user.sessionVersion };
}

/**
 * Ends a sign-in with a provider by the second factor, a code or a passkey. A challenge from before a password reset or a sign-out everywhere is
 * refused.
 * @throws AppError `second_factor_required`, `second_factor_invalid`, `passkey_invalid`, `too_many_attempts`, `invalid_login`.
 */
export async function completeProviderSignIn(
  db: Db,
  {
    totp,
    passkey,
    ...challenge
  }: ProviderChallenge & CallerContext & { totp: string | undefined; passkey?: PresentedPasskey | undefined },
  clock: Clock = systemClock,
): Promise<SessionRef> {
  const attempt = { ...challenge, kind: "portal", method: challenge.provider } as const;
  const factor = await proveFactorToSignIn(db, { ...attempt, totp, passkey }, clock);
  return await createPortalSession(db, challenge.userId, { ...challenge, factor }, clock);
}

/** Who signs in with a provider, and what is known of it when the session is made. */
interface ProviderSignIn extends CallerContext {
  provider: ProviderIdentity["provider"];
  factor?: FactorMethod | undefined;
  /** Given where the sign-in began earlier. */
  sessionVersion?: number;
}

async function connect(
  db: Db,
  identity: ProviderIdentity & { revokeKeysAndInvitations: RevokeKeysAndInvitations },
  clock: Clock,
): Promise<SessionRef> {
  const email = emailSchema.safeParse(identity.email);
  if (!identity.emailVerified || !email.success) {
    throw new AppError("email_not_verified", {
      public: `${providerNames[identity.provider]} has not verified your email. Verify it there first.`,
    });
  }
  const owner = await db.user.findFirst({
    where: { emailIndex: { in: emailIndexes(email.data) } },
    select: { id: true },
  });
  if (owner === null) return await createLinked(db, identity, email.data, clock);
  const userId = owner.id;
  const ended = await transactWithKeys(db, [userSubject(userId)], async (tx) => {
    const account = await lockAccountOrThrow(tx, userId);
    const first = account.emailVerifiedAt === null;
    const access = first ? await endUnprovenAccess(tx, { userId, account, ...identity }, clock) : undefined;
    await link(tx, userId, identity, clock);
    const orgId = await defaultOrgOf(tx, userId);
    const address = await ipDetail(tx, userSubject(userId), identity.ip);
    const entryOf = (action: AuditEntry["action"]): AuditEntry => ({
      orgId,
      actor: { type: "user", id: userId },
      action,
      target: { type: "user", id: userId },
      details: { method: identity.provider, ...access?.counts, ...address },
    });
    const proven = first ? [entryOf("auth.email_verified")] : [];
    await recordAuditIn(tx, ...(access?.entries ?? []), ...proven, entryOf("auth.provider_linked"));
    return access;
  });
  ended?.afterCommit(db);
  afterResponse("provider linked notice", () =>
    emailUser(db, userId, providerLinkedEmail(providerNames[identity.provider], ended?.counts)),
  );
  return await createPortalSession(db, userId, identity, clock);
}

/** The first proof of the address. The password goes, because nothing shows that it is the user's own. */
async function endUnprovenAccess(
  tx: KeyedTx,
  {
    userId,
    account,
    revokeKeysAndInvitations,
    ...seen
  }: CallerContext & Omit<EarlierAccess, "because" | "passwordHash">,
  clock: Clock,
): Promise<EndedAccess> {
  const ended = await endEarlierAccess(
    tx,
    { userId, account, passwordHash: null, because: "address proven", revokeKeysAndInvitations },
    clock,
  );
  await recordOwnDevice(tx, { ...seen, userId }, clock);
  return ended;
}

const providerNames: Record<ProviderIdentity["provider"], string> = { google: "Google", github: "GitHub" };

async function findLinked(db: Db, { provider, providerAccountId }: ProviderIdentity): Promise<string | null> {
  const found = await db.linkedAccount.findUnique({
    where: { provider_providerAccountId: { provider, providerAccountId } },
    select: { userId: true },
  });
  return found?.userId ?? null;
}

async function link(tx: Tx, userId: string, identity: ProviderIdentity, clock: Clock): Promise<void> {
  const { provider, providerAccountId } = identity;
  await tx.linkedAccount.create({ data: { provider, providerAccountId, userId, createdAt: clock.now() } });
}

async function createLinked(
  db: Db,
  identity: ProviderIdentity,
  email: string,
  clock: Clock,
): Promise<SessionRef> {
  const { mailboxFull } = await throttleNewAccount(db, { email, ip: identity.ip }, clock);
  if (mailboxFull) throw mailboxIsFull();
  const name = storableName(identity.name) || email.slice(0, email.indexOf("@"));
  return await createUser(
    db,
    { email, name, passwordHash: null, emailVerified: true },
    async (tx, user) => {
      await link(tx, user.userId, identity, clock);
      await recordOwnDevice(tx, { ...identity, userId: user.userId }, clock);
      return await createRecordedSession(tx, { ...user, action: "auth.registered" }, identity, clock);
    },
    clock,
  );
}

async function createPortalSession(
  db: Db,
  userId: string,
  identity: ProviderSignIn,
  clock: Clock,
): Promise<SessionRef> {
  const me = await loadMe(db, { userId });
  if (me === undefined) throw accountDeleted();
  const session = await transactWithKeys(db, [userSubject(userId)], async (tx) => {
    const { sessionVersion } = await lockAccountToSignIn(tx, {
      userId,
      sessionVersion: identity.sessionVersion,
    });
    return await createRecordedSession(
      tx,
      { userId, orgId: me.orgId, sessionVersion, action: "auth.logged_in" },
      identity,
      clock,
    );
  });
  notifyNewSignIn(db, session, identity, clock);
  return session;
}

interface SignIn {
  userId: string;
  orgId: string;
  sessionVersion: number;
  action: "auth.registered" | "auth.logged_in";
}

async function createRecordedSession(
  tx: KeyedTx,
  { action, userId, orgId, sessionVersion }: SignIn,
  { provider: method, factor, ip, userAgent, browser }: ProviderSignIn,
  clock: Clock,
): Promise<NewSession> {
  const session = await createSession(
    tx,
    { userId, orgId, sessionVersion, method, factor, kind: "portal", ip, userAgent, browser },
    clock,
  );
  const address = await ipDetail(tx, userSubject(userId), ip);
  await recordAuditIn(tx, {
    orgId,
    actor: { type: "user", id: userId },
    action,
    target: { type: "session", id: session.sessionId },
    details: { method, factor, face: "portal", new_device: session.newDevice || undefined, ...address },
  });
  return session;
}
