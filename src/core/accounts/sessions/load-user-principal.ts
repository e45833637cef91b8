import { planOf, scopeSetOfRole } from "../../orgs";
import { plans } from "../../plans";
import { type Clock, SECOND, systemClock } from "../../platform/clock";
import type { Db } from "../../platform/db/client";
import { FreshCache } from "../../platform/fresh-cache";
import type { OrgRole, UserPrincipal } from "../../platform/principal";
import { singleton } from "../../platform/singleton";
import { earlier, endOfLife } from "./session-life";

export interface SessionClaims {
  kind: "session" | "jwt";
  userId: string;
  sessionId: string;
  sessionVersion: number;
  /** The organization to act in; the session's own when absent. The person must be its member. */
  orgId?: string | undefined;
}

interface Row {
  orgId: string;
  role: OrgRole;
  plan: string | null;
  customRpm: number | null;
  emailVerified: boolean;
  operator: boolean;
  createdAt: Date;
  expiresAt: Date;
}

interface Found {
  principal: UserPrincipal;
  expiresAt: Date;
}

/** What is revoked stops working everywhere within this time, and at once in the process that revokes. */
const MAX_AGE_MS = 5 * SECOND;

/** One a process: a sign-out in the portal is seen by the API at once. */
const cache = singleton(
  "sessions",
  () => new FreshCache<Found | null>({ maxAgeMs: MAX_AGE_MS, maxEntries: 20_000 }),
);

/**
 * The person behind a session, with the role, plan and verification of this moment (at most five seconds old), or null
 * when the session was revoked, has expired or lived its time, or was overtaken by a sign-out everywhere, when the account or the
 * organization is gone, or when the person is not (any more) its member.
 */
export async function loadUserPrincipal(
  db: Db,
  claims: SessionClaims,
  clock: Clock = systemClock,
): Promise<UserPrincipal | null> {
  const found = await cache().get(cacheKey(claims), () => readPrincipal(db, claims, clock));
  return found !== null && found.expiresAt > clock.now() ? found.principal : null;
}

/** To be called after anything that changes what `loadUserPrincipal` would answer for this person. */
export function forgetPrincipals(userId: string): void {
  cache().dropWhere((key) => key.startsWith(`${userId} `));
}

function cacheKey({ kind, userId, sessionId, sessionVersion, orgId }: SessionClaims): string {
  return `${userId} ${sessionId} ${sessionVersion} ${kind} ${orgId ?? ""}`;
}

async function readPrincipal(db: Db, claims: SessionClaims, clock: Clock): Promise<Found | null> {
  const { kind, userId, sessionId, sessionVersion, orgId = null } = claims;
  const [row] = await db.$queryRaw<Row[]>`
    SELECT m.org_id AS "orgId", m.role::text AS "role", p.plan AS "plan",
      p.custom_rpm AS "customRpm",
      u.email_verified_at IS NOT NULL AS "emailVerified", u.role = 'operator' AS "operator", s.created_at AS "createdAt",
      s.expires_at AS "expiresAt"
    FROM sessions s
    JOIN users u ON u.id = s.user_id
    JOIN memberships m ON m.user_id = u.id AND m.org_id = coalesce(${orgId}::uuid, s.org_id)
    JOIN organizations o ON o.id = m.org_id
    LEFT JOIN subscriptions p ON p.org_id = o.id
    WHERE s.id = ${sessionId}::uuid AND s.user_id = ${userId}::uuid
      AND s.kind = ${kind === "jwt" ? "api" : "portal"}::session_kind
      AND s.revoked_at IS NULL AND s.expires_at > ${clock.now()}::timestamptz
      AND s.session_version = u.session_version AND u.session_version = ${sessionVersion}::int
      AND u.deleted_at IS NULL AND o.deleted_at IS NULL`;
  if (row === undefined) return null;
  const plan = planOf(row.plan === null ? null : { plan: row.plan });
  return {
    expiresAt: earlier(row.expiresAt, endOfLife(row)),
    principal: {
      kind,
      userId,
      sessionId,
      orgId: row.orgId,
      role: row.role,
      plan,
      requestsPerMinute: row.customRpm ?? plans[plan].requestsPerMinute,
      scopes: scopeSetOfRole(row.role),
      emailVerified: row.emailVerified,
      operator: row.operator,
      environment: row.emailVerified ? "live" : "test",
    },
  };
}
