import type { Region } from "../../../shared/places";
import { plans } from "../../../shared/plans";
import { planOf, rightsColumns, type StoredRights, scopesOfMember } from "../../orgs";
import {
  AppError,
  type Clock,
  type Db,
  SECOND,
  type StoragePolicy,
  type Suspension,
  systemClock,
  type Tx,
  type UserPrincipal,
} from "../../platform";
import { singleton } from "../../platform/concurrency/singleton";
import { pulse } from "../../platform/db/pulse";
import { FreshCache } from "../../platform/fresh-cache";
import { suspendedError, suspensionOfPerson } from "../../suspensions";
import { isCompanyRequired } from "../company/company-required";
import { earlier, endOfLife } from "./session-life";

export interface SessionClaims {
  kind: "session" | "jwt";
  userId: string;
  sessionId: string;
  sessionVersion: number;
  /** The organization to act in; by default the session's. The user must be a member. */
  orgId?: string | undefined;
}

interface Row extends StoredRights {
  orgId: string;
  customRpm: number | null;
  storage: StoragePolicy;
  residency: Region | null;
  hipaa: boolean;
  emailVerified: boolean;
  operator: boolean;
  ownKeys: boolean;
  secondFactor: boolean;
  factorRequired: boolean;
  /** Whether the organization enforces company sign-in. */
  companyEnforced: boolean;
  /** Whether its company signed this session in, which counts as a second factor there. */
  viaCompany: boolean;
  createdAt: Date;
  expiresAt: Date;
  suspension: Suspension | null;
}

interface Found {
  principal: UserPrincipal;
  expiresAt: Date;
}

/** A revocation takes effect everywhere within this time, and at once in the process that revokes. */
const MAX_AGE_MS = 5 * SECOND;

/** One a process: a sign-out in the portal is seen by the API at once. */
const cache = singleton(
  "sessions",
  () => new FreshCache<Found | null>({ maxAgeMs: MAX_AGE_MS, maxEntries: 20_000 }),
);

/**
 * The user of a session with their current role, plan and verification, at most five seconds old. Null when the session
 * was revoked, has expired or was ended by a sign-out everywhere, when the account or organization is deleted, or when the
 * user is not a member of the organization.
 * @throws AppError `suspended` when an operator has suspended the account or the organization.
 */
export async function loadUserPrincipal(
  db: Db,
  claims: SessionClaims,
  clock: Clock = systemClock,
): Promise<UserPrincipal | null> {
  const principal = await loadPrincipalEvenSuspended(db, claims, clock);
  if (principal?.suspension !== undefined) throw suspendedError(principal.suspension);
  return principal;
}

/** For the portal, which says why and lets them leave. Whoever asks refuses all else by `suspension`. */
export async function loadPrincipalEvenSuspended(
  db: Db,
  claims: SessionClaims,
  clock: Clock = systemClock,
): Promise<UserPrincipal | null> {
  const found = await cache().get(cacheKey(claims), () => pulse().watch(readPrincipal(db, claims, clock)));
  return found !== null && found.expiresAt > clock.now() ? found.principal : null;
}

/** Call it after every change of what `loadUserPrincipal` returns for this user. */
export function forgetPrincipals(userId: string): void {
  cache().dropWhere((key) => key.startsWith(`${userId} `));
}

/** The same for everybody who acts in one organization, or in any. */
export function forgetPrincipalsIn(orgId: string | undefined): void {
  cache().dropAnswers((found) => orgId === undefined || found?.principal.orgId === orgId);
}

function cacheKey({ kind, userId, sessionId, sessionVersion, orgId }: SessionClaims): string {
  return `${userId} ${sessionId} ${sessionVersion} ${kind} ${orgId ?? ""}`;
}

async function readPrincipal(db: Db, claims: SessionClaims, clock: Clock): Promise<Found | null> {
  const { kind, userId, sessionId, sessionVersion, orgId = null } = claims;
  const [row] = await db.$queryRaw<Row[]>`
    SELECT m.org_id AS "orgId", ${rightsColumns},
      p.custom_rpm AS "customRpm", o.storage, o.residency, o.hipaa_since IS NOT NULL AS hipaa,
      u.email_verified_at IS NOT NULL AS "emailVerified", u.role = 'operator' AS "operator",
      EXISTS (SELECT FROM provider_keys k WHERE k.org_id = o.id) AS "ownKeys",
      o.two_factor_required AS "factorRequired", coalesce(c.enforced, false) AS "companyEnforced",
      (c.id = s.connection_id) IS TRUE AS "viaCompany",
      EXISTS (SELECT FROM authenticators a WHERE a.user_id = u.id AND a.confirmed_at IS NOT NULL)
        OR EXISTS (SELECT FROM passkeys k WHERE k.user_id = u.id) AS "secondFactor",
      s.created_at AS "createdAt",
      s.expires_at AS "expiresAt", ${suspensionOfPerson} AS "suspension"
    FROM sessions s
    JOIN users u ON u.id = s.user_id
    JOIN memberships m ON m.user_id = u.id AND m.org_id = coalesce(${orgId}::uuid, s.org_id)
    JOIN organizations o ON o.id = m.org_id
    LEFT JOIN subscriptions p ON p.org_id = o.id
    LEFT JOIN company_connections c ON c.org_id = o.id
    WHERE s.id = ${sessionId}::uuid AND s.user_id = ${userId}::uuid
      AND s.kind = ${kind === "jwt" ? "api" : "portal"}::session_kind
      AND s.revoked_at IS NULL AND s.expires_at > ${clock.now()}::timestamptz
      AND s.session_version = u.session_version AND u.session_version = ${sessionVersion}::int
      AND u.deleted_at IS NULL AND o.deleted_at IS NULL`;
  if (row === undefined) return null;
  const plan = planOf(row.plan === null ? null : { plan: row.plan });
  const companyMissing =
    row.companyEnforced && (await isCompanyRequired(db, { userId, sessionId, orgId: row.orgId }, clock));
  return {
    expiresAt: earlier(row.expiresAt, endOfLife(row)),
    principal: {
      kind,
      userId,
      sessionId,
      orgId: row.orgId,
      storage: row.storage,
      role: row.role,
      plan,
      requestsPerMinute: row.customRpm ?? plans[plan].requestsPerMinute,
      scopes: scopesOfMember(row),
      emailVerified: row.emailVerified,
      operator: row.operator,
      environment: row.emailVerified ? "live" : "test",
      ...(row.residency !== null && { residency: row.residency }),
      ...(row.hipaa && { hipaa: true }),
      ...(row.ownKeys && { ownKeys: true }),
      ...(row.suspension && { suspension: row.suspension }),
      ...(row.secondFactor && { secondFactor: true }),
      ...(row.factorRequired && !row.secondFactor && !row.viaCompany && { factorMissing: true }),
      ...(companyMissing && { companyMissing: true }),
    },
  };
}

/**
 * Call it first in a transaction that creates something lasting (a key, an invitation): the principal may be five seconds
 * old, and its session ended since. The user's row is locked in share mode until the commit, so a concurrent end of the
 * session either waits and then finds what was created, or is seen here. An unknown session (of a seed) passes.
 * @throws AppError `missing_credentials`.
 */
export async function assertSessionActive(
  tx: Tx,
  { userId, sessionId }: { userId: string; sessionId: string },
): Promise<void> {
  await tx.$queryRaw`SELECT 1 FROM users WHERE id = ${userId}::uuid FOR SHARE`;
  const ended = await tx.$queryRaw<unknown[]>`
    SELECT 1 FROM sessions s JOIN users u ON u.id = s.user_id
    WHERE s.id = ${sessionId}::uuid
      AND (s.revoked_at IS NOT NULL OR s.session_version <> u.session_version OR u.deleted_at IS NOT NULL)`;
  if (ended.length === 0) return;
  throw new AppError("missing_credentials", { public: "This session has ended. Sign in again." });
}
