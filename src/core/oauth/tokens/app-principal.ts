import type { Region } from "../../../shared/places";
import { plans } from "../../../shared/plans";
import { planOf, rightsColumns, type StoredRights, scopesOfMember } from "../../orgs";
import {
  type AppPrincipal,
  type Clock,
  type Db,
  type Scope,
  SECOND,
  type StoragePolicy,
  type Suspension,
  systemClock,
} from "../../platform";
import { singleton } from "../../platform/concurrency/singleton";
import { pulse } from "../../platform/db/pulse";
import { FreshCache } from "../../platform/fresh-cache";
import { dependsOnSuspended, suspendedError, suspensionOfPerson } from "../../suspensions";
import { appScopes } from "../schemas";

/** What an access token of an app says, once its signature, audience and time are verified. */
export interface AppClaims {
  userId: string;
  orgId: string;
  appId: string;
  grantId: string;
  scopes: readonly string[];
}

interface Row extends StoredRights {
  appId: string;
  orgId: string;
  userId: string;
  scopes: string[];
  expiresAt: Date;
  customRpm: number | null;
  storage: StoragePolicy;
  residency: Region | null;
  hipaa: boolean;
  emailVerified: boolean;
  ownKeys: boolean;
  suspension: Suspension | null;
  developerSuspended: boolean;
  factorMissing: boolean;
}

/** The time within which every process notices a revoked grant, a member who left or a closed account. */
const MAX_AGE_MS = 5 * SECOND;

/** One cache per process, so that the API refuses a grant at once after the portal revoked it. */
const cache = singleton(
  "grants of apps",
  () => new FreshCache<Row | null>({ maxAgeMs: MAX_AGE_MS, maxEntries: 20_000 }),
);

/** Must be called after every statement that ends grants. */
export function forgetGrantsWhere(
  matches: (grant: { appId: string; orgId: string; userId: string }) => boolean,
): void {
  cache().dropAnswers((row) => row !== null && matches(row));
}

/**
 * Who an access token of an app acts for, at most five seconds old: its person, in one organization, with no more than what
 * the token, the grant and the person's role there all allow now. Null when the grant has ended or expired, the app or the
 * organization is deleted, the account is, or the person is no longer a member.
 * @throws AppError `suspended` for a suspended account or organization, also the one that registered the app.
 */
export async function loadAppPrincipal(
  db: Db,
  { userId, orgId, appId, grantId, scopes }: AppClaims,
  clock: Clock = systemClock,
): Promise<AppPrincipal | null> {
  const row = await cache().get(grantId, () => pulse().watch(readGrant(db, grantId)));
  if (row === null || row.expiresAt <= clock.now()) return null;
  if (row.userId !== userId || row.orgId !== orgId || row.appId !== appId) return null;
  if (row.suspension !== null) throw suspendedError(row.suspension);
  if (row.developerSuspended)
    throw dependsOnSuspended("The organization that registered this app is suspended.");
  const plan = planOf(row.plan === null ? null : { plan: row.plan });
  const granted = new Set(row.scopes);
  const ofRole = scopesOfMember(row);
  const allowed = (scope: Scope) => granted.has(scope) && scopes.includes(scope) && ofRole.has(scope);
  const seesAll = ofRole.has("requests:read_all") ? (["requests:read_all"] as const) : [];
  return {
    kind: "app",
    appId,
    grantId,
    userId,
    orgId,
    storage: row.storage,
    role: row.role,
    plan,
    requestsPerMinute: row.customRpm ?? plans[plan].requestsPerMinute,
    // It sees the requests that its person sees: that is no scope of its own.
    scopes: new Set([...appScopes.filter(allowed), ...seesAll]),
    emailVerified: row.emailVerified,
    environment: row.emailVerified ? "live" : "test",
    ...(row.residency !== null && { residency: row.residency }),
    ...(row.hipaa && { hipaa: true }),
    ...(row.ownKeys && { ownKeys: true }),
    ...(row.factorMissing && { factorMissing: true }),
  };
}

async function readGrant(db: Db, grantId: string): Promise<Row | null> {
  const [row] = await db.$queryRaw<Row[]>`
    SELECT g.app_id AS "appId", g.org_id AS "orgId", g.user_id AS "userId", g.scopes, g.expires_at AS "expiresAt",
      ${rightsColumns}, p.custom_rpm AS "customRpm", o.storage, o.residency, o.hipaa_since IS NOT NULL AS hipaa,
      u.email_verified_at IS NOT NULL AS "emailVerified",
      EXISTS (SELECT FROM provider_keys k WHERE k.org_id = o.id) AS "ownKeys",
      ${suspensionOfPerson} AS "suspension", d.suspended_at IS NOT NULL AS "developerSuspended",
      o.two_factor_required
        AND NOT EXISTS (SELECT FROM authenticators c WHERE c.user_id = u.id AND c.confirmed_at IS NOT NULL)
        AND NOT EXISTS (SELECT FROM passkeys k WHERE k.user_id = u.id) AS "factorMissing"
    FROM oauth_grants g
    JOIN users u ON u.id = g.user_id AND u.deleted_at IS NULL
    JOIN memberships m ON m.user_id = g.user_id AND m.org_id = g.org_id
    JOIN organizations o ON o.id = g.org_id AND o.deleted_at IS NULL
    JOIN oauth_apps a ON a.id = g.app_id
    JOIN organizations d ON d.id = a.org_id AND d.deleted_at IS NULL
    LEFT JOIN subscriptions p ON p.org_id = o.id
    WHERE g.id = ${grantId}::uuid`;
  return row ?? null;
}
