import {
  type CallerContext,
  completeCompanySignIn as completeWithFactor,
  domainOf,
  findCompanyLink,
  getUserEmail,
  isGoogle,
  type PresentedPasskey,
  type SessionRef,
  signInWithCompany,
  stepUpAtCompany,
} from "../../accounts";
import { recordAuditIn } from "../../audit";
import { revokeKeysAndInvitations } from "../../members";
import { AppError, type Clock, type Db, systemClock } from "../../platform";
import { sha256 } from "../../platform/crypto/hash";
import { type ConnectionRow, verifiedDomains } from "../connection/connection-rows";
import { readTaken } from "../saml/take-assertion";
import { joinCompany } from "./join-company";
import { type CompanyPerson, readPerson } from "./read-person";
import { unknownRequest } from "./refusals";
import { configurationOf, findConnection, secretsOf } from "./start-sign-in";

export type FinishedSignIn =
  | { kind: "signed_in"; session: SessionRef; next: string }
  | { kind: "stepped_up"; next: string }
  | { kind: "second_factor"; challenge: CompanyChallenge; next: string };

/** A sign-in through a company that waits for the account's own second factor. */
export interface CompanyChallenge {
  connectionId: string;
  userId: string;
  sessionVersion: number;
}

interface Returned extends CallerContext {
  url: URL;
  /** Of the browser's cookie. */
  holder: string | undefined;
}

/**
 * Ends a sign-in with what the browser brings back from the identity provider. The request is used up first, whatever
 * follows, and only by the browser that began it.
 * @throws AppError `invalid_login`; `email_not_verified` for an address that is not the company's; `not_found`.
 */
export async function finishCompanySignIn(
  db: Db,
  { url, holder, ...caller }: Returned,
  clock: Clock = systemClock,
): Promise<FinishedSignIn> {
  const now = clock.now();
  const state = url.searchParams.get("state");
  const request = await spendRequest(db, { state, holder, now });
  if (request === undefined || state === null || holder === undefined) throw unknownRequest();
  const connection = await findConnection(db, request.connectionId);
  const { sessionId, nextPath: next, personCipher } = request;
  const { orgId } = connection;
  const provenSince = sessionId === null ? null : request.createdAt;
  const secrets = secretsOf({ holder, state });
  const person =
    connection.kind === "saml"
      ? await readTaken(db, { orgId, state, personCipher })
      : await readPerson(await configurationOf(db, connection), { url, state, ...secrets, provenSince, now });
  await assertTheirs(db, connection, person);
  const linked = await findCompanyLink(db, { connectionId: connection.id, subject: person.subject });
  if (sessionId !== null) {
    await stepUp(db, { sessionId, userId: linked, connection, ...caller }, clock);
    return { kind: "stepped_up", next };
  }
  const at = atCompany(connection, { provenAt: person.provenAt, ...caller }, clock);
  try {
    const session = await signInWithCompany(db, { ...at, ...person, revokeKeysAndInvitations }, clock);
    return { kind: "signed_in", session, next };
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "second_factor_required") throw error;
    const userId = await findCompanyLink(db, { connectionId: connection.id, subject: person.subject });
    if (userId === null) throw error;
    const { sessionVersion } = await db.user.findUniqueOrThrow({
      where: { id: userId },
      select: { sessionVersion: true },
    });
    const challenge = { connectionId: connection.id, userId, sessionVersion };
    return { kind: "second_factor", challenge, next };
  }
}

/** Ends it by the account's own second factor. @throws AppError as `completeProviderSignIn`. */
export async function completeCompanySignIn(
  db: Db,
  {
    challenge,
    totp,
    passkey,
    ...caller
  }: CallerContext & {
    challenge: CompanyChallenge;
    totp: string | undefined;
    passkey?: PresentedPasskey | undefined;
  },
  clock: Clock = systemClock,
): Promise<SessionRef> {
  const { connectionId, userId, sessionVersion } = challenge;
  const connection = await findConnection(db, connectionId);
  // The factor proves the person anew.
  const at = atCompany(connection, { provenAt: clock.now(), ...caller }, clock);
  return await completeWithFactor(db, { ...at, userId, sessionVersion, totp, passkey }, clock);
}

function atCompany(
  { id: connectionId, orgId, defaultRole: role }: ConnectionRow,
  of: CallerContext & { provenAt: Date },
  clock: Clock,
) {
  return { ...of, connectionId, orgId, join: joinCompany({ orgId, role, connectionId }, clock) };
}

async function spendRequest(
  db: Db,
  { state, holder, now }: { state: string | null; holder: string | undefined; now: Date },
) {
  if (state === null || holder === undefined) return undefined;
  const [row] = await db.$queryRaw<
    {
      connectionId: string;
      sessionId: string | null;
      nextPath: string;
      createdAt: Date;
      personCipher: Uint8Array | null;
    }[]
  >`DELETE FROM company_sign_in_requests
    WHERE state_hash = ${sha256(state)} AND holder_hash = ${sha256(holder)} AND expires_at > ${now}::timestamptz
    RETURNING connection_id AS "connectionId", session_id AS "sessionId", next_path AS "nextPath",
      created_at AS "createdAt", person_cipher AS "personCipher"`;
  return row;
}

/**
 * A company speaks for the addresses of its own domains and for no other: for the address that it names, and for the one that
 * the linked account has now, which its owner may have taken elsewhere.
 */
async function assertTheirs(
  db: Db,
  { id: connectionId, orgId, issuer }: ConnectionRow,
  { subject, email, hostedDomain }: CompanyPerson,
): Promise<void> {
  const domains = await verifiedDomains(db, orgId);
  const linked = await findCompanyLink(db, { connectionId, subject });
  const current = linked === null ? undefined : await getUserEmail(db, linked);
  const addresses = [email, ...(current === undefined ? [] : [current])];
  // Anybody can make a Google account with a company's address; only `hd` says that it is the company's.
  const foreign = isGoogle(issuer) && (hostedDomain === undefined || !domains.has(hostedDomain));
  if (!foreign && addresses.every((address) => domains.has(domainOf(address)))) return;
  await db.$transaction((tx) =>
    recordAuditIn(tx, {
      orgId,
      actor: { type: "anonymous", id: null },
      action: "company.sign_in_refused",
      target: { type: "connection", id: connectionId },
      details: { because: foreign ? "not an account of the company" : "not an address of a verified domain" },
    }),
  );
  throw new AppError("email_not_verified", {
    public: "Your email is not at a domain that your company has verified. Ask its administrator.",
  });
}

async function stepUp(
  db: Db,
  {
    sessionId,
    userId,
    connection,
    ...caller
  }: CallerContext & { sessionId: string; userId: string | null; connection: ConnectionRow },
  clock: Clock,
): Promise<void> {
  const session = await db.session.findUnique({
    where: { id: sessionId, revokedAt: null, connectionId: connection.id },
    select: { userId: true, orgId: true },
  });
  if (session === null || session.userId !== userId) {
    throw new AppError("invalid_login", {
      public: "You signed in at your company as somebody else. Nothing was confirmed.",
    });
  }
  await stepUpAtCompany(db, { ...session, sessionId, ...caller }, clock);
}
