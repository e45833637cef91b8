import { type AuditEntry, recordAuditIn } from "../../audit";
import { type Clock, systemClock } from "../../platform/clock";
import type { Db, Tx } from "../../platform/db/client";
import { AppError } from "../../platform/errors";
import { type KeyedTx, transactWithKeys } from "../../privacy";
import { providerLinkedEmail } from "../email/account-emails";
import { afterResponse } from "../email/after-response";
import { emailIndex, emailSchema } from "../email/email-address";
import { emailUser } from "../email/email-user";
import type { CallerContext } from "../schemas";
import { createSession, type SessionRef } from "../sessions/create-session";
import { createUser } from "../users/create-user";
import { defaultOrgOf, loadMe } from "../users/get-me";
import { userSubject } from "../users/user-fields";
import {
  type EarlierAccess,
  type EndedAccess,
  endEarlierAccess,
  lockAccount,
  type RevokeKeysAndInvitations,
} from "./end-earlier-access";
import { ipDetail } from "./ip-fingerprint";
import { recordOwnDevice } from "./known-devices";

export interface ProviderIdentity extends CallerContext {
  provider: "google" | "github";
  /** The provider's own id of the account: it never changes hands, as an address may. */
  providerAccountId: string;
  email: string | null;
  /** Whether the provider itself has proven that the address is this person's. */
  emailVerified: boolean;
  name: string | null;
}

/**
 * Signs a person in at the portal by Google or GitHub.
 *
 * Which account it opens, in this order:
 * 1. the one this provider account was linked to before, whatever the address is now;
 * 2. else, and only if the provider vouches for the address: a new account when the address is free;
 * 3. or the account of that address, which is then linked; its owner is told by mail. If nobody has proven the address
 *    to us yet, this is the first proof: whoever registered it before keeps neither session nor key nor password
 *    (`endEarlierAccess`).
 * @throws AppError `email_not_verified` when the provider does not vouch, `not_found` for an account that was deleted.
 */
export async function signInWithProvider(
  db: Db,
  identity: ProviderIdentity & { revokeKeysAndInvitations: RevokeKeysAndInvitations },
  clock: Clock = systemClock,
): Promise<SessionRef> {
  const linked = await findLinked(db, identity);
  if (linked !== null) return await open(db, linked, identity, clock);
  try {
    return await connect(db, identity, clock);
  } catch (error) {
    // The same person's other tab was faster: what it linked stands.
    const linkedMeanwhile = await findLinked(db, identity);
    if (linkedMeanwhile === null) throw error;
    return await open(db, linkedMeanwhile, identity, clock);
  }
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
  const owner = await db.user.findUnique({
    where: { emailIndex: emailIndex(email.data) },
    select: { id: true },
  });
  if (owner === null) return await createLinked(db, identity, email.data, clock);
  const userId = owner.id;
  const ended = await transactWithKeys(db, [userSubject(userId)], async (tx) => {
    const account = await lockAccount(tx, userId);
    if (account === undefined) throw deleted();
    const first = account.emailVerifiedAt === null;
    const access = first ? await takeOver(tx, { userId, account, ...identity }, clock) : undefined;
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
  ended?.settle(db);
  afterResponse("provider linked notice", () =>
    emailUser(db, userId, providerLinkedEmail(providerNames[identity.provider], ended?.counts)),
  );
  return await open(db, userId, identity, clock);
}

/** The provider's word is the first proof of the address. Nobody has shown here that the password is theirs: it goes. */
async function takeOver(
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
  const name = storableName(identity.name) || email.slice(0, email.indexOf("@"));
  return await createUser(
    db,
    { email, name, passwordHash: null, emailVerified: true },
    async (tx, user) => {
      await link(tx, user.userId, identity, clock);
      await recordOwnDevice(tx, { ...identity, userId: user.userId }, clock);
      return await openRecorded(tx, { ...user, action: "auth.registered" }, identity, clock);
    },
    clock,
  );
}

async function open(db: Db, userId: string, identity: ProviderIdentity, clock: Clock): Promise<SessionRef> {
  const me = await loadMe(db, { userId });
  if (me === undefined) throw deleted();
  return await transactWithKeys(db, [userSubject(userId)], async (tx) => {
    const [user] = await tx.$queryRaw<{ sessionVersion: number }[]>`
      SELECT session_version AS "sessionVersion" FROM users
      WHERE id = ${userId}::uuid AND deleted_at IS NULL FOR NO KEY UPDATE`;
    if (user === undefined) throw deleted();
    return await openRecorded(
      tx,
      { ...user, userId, orgId: me.orgId, action: "auth.logged_in" },
      identity,
      clock,
    );
  });
}

interface SignIn {
  userId: string;
  orgId: string;
  sessionVersion: number;
  action: "auth.registered" | "auth.logged_in";
}

async function openRecorded(
  tx: KeyedTx,
  { action, userId, orgId, sessionVersion }: SignIn,
  { provider, ip, userAgent }: ProviderIdentity,
  clock: Clock,
): Promise<SessionRef> {
  const session = await createSession(
    tx,
    { userId, orgId, sessionVersion, kind: "portal", ip, userAgent },
    clock,
  );
  await recordAuditIn(tx, {
    orgId,
    actor: { type: "user", id: userId },
    action,
    target: { type: "session", id: session.sessionId },
    details: { method: provider, face: "portal", ...(await ipDetail(tx, userSubject(userId), ip)) },
  });
  return session;
}

function deleted(): AppError {
  return new AppError("not_found", { public: "This account has been deleted." });
}

/** A provider's display name within the bounds of ours: one line, at most 120 characters. */
function storableName(name: string | null): string {
  return (name ?? "")
    .replace(/[\p{Cc}\u2028\u2029]/gu, " ")
    .toWellFormed()
    .trim()
    .slice(0, 120)
    .toWellFormed();
}
