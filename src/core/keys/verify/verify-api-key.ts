import type { Region } from "../../../shared/places";
import { plans } from "../../../shared/plans";
import { planOf } from "../../orgs";
import {
  AppError,
  type Clock,
  type Db,
  type Environment,
  type KeyPrincipal,
  MINUTE,
  SECOND,
  type StoragePolicy,
  type Suspension,
  systemClock,
  toPublicId,
} from "../../platform";
import { assertKeyOfOwnCell } from "../../platform/cell/own-cell";
import { singleton } from "../../platform/concurrency/singleton";
import { sha256, sha256Text } from "../../platform/crypto/hash";
import { Prisma, queryNamed } from "../../platform/db/client";
import { pulse } from "../../platform/db/pulse";
import { FreshCache } from "../../platform/fresh-cache";
import { type IpRange, isInRanges, parseIpRange } from "../../platform/network/ip-range";
import { dependsOnSuspended, suspendedError, suspensionOfKey } from "../../suspensions";
import { type KeyTimes, keyStatus, knownScopes } from "../views/key-view";
import { cellOfKey, isKeySecret } from "./key-secret";
import { recordUse } from "./last-used";
import { revocationOf, serviceKeyHash, serviceKeyName } from "./service-key";

interface Row extends Omit<KeyTimes, "suspendedAt"> {
  id: string;
  orgId: string;
  createdBy: string | null;
  spendId: string;
  environment: Environment;
  scopes: string[];
  /** Null where the key sees everyone's requests. */
  chain: string[] | null;
  models: string[];
  ipAllowlist: string[];
  rpmLimit: number | null;
  cacheTtlSeconds: number | null;
  successorId: string | null;
  plan: string | null;
  customRpm: number | null;
  ownKeys: boolean;
  storage: StoragePolicy;
  residency: Region | null;
  hipaa: boolean;
  suspension: Suspension | null;
  creatorSuspended: boolean;
  /** Null for an API key. */
  generation: number | null;
  disabled: boolean;
  revokedTokens: string[] | null;
}

interface KnownKey {
  principal: KeyPrincipal;
  /** Of a service account: which of its tokens work. */
  service: { generation: number; disabled: boolean; revoked: ReadonlySet<string> } | null;
  times: KeyTimes;
  successorId: string | null;
  suspension: Suspension | null;
  creatorSuspended: boolean;
  ranges: IpRange[];
}

/** A revoked key stops working everywhere within this time, and at once in the process that revokes it. */
const MAX_AGE_MS = 5 * SECOND;
/** While PostgreSQL is away a caller is told so by what needs it, and not that its key is wrong. */
const MAX_STALE_MS = MINUTE;

/** One a process: a key revoked in the portal is refused by the API at once. */
const cache = singleton(
  "API keys",
  () =>
    new FreshCache<KnownKey | null>({ maxAgeMs: MAX_AGE_MS, maxStaleMs: MAX_STALE_MS, maxEntries: 20_000 }),
);

/** To be called after anything that changes what a key may do. */
export function forgetKey(secretHash: Uint8Array): void {
  cache().drop(cacheKey(secretHash));
}

/** The same for the keys that one person created. */
export function forgetKeysCreatedBy(userId: string): void {
  cache().dropAnswers((key) => key?.principal.userId === userId);
}

/** The same for all keys of one organization, or of all. */
export function forgetKeysOf(orgId: string | undefined): void {
  cache().dropAnswers((key) => orgId === undefined || key?.principal.orgId === orgId);
}

/**
 * The organization a key acts for, and what it may do there. The secret itself is neither kept nor logged: everything
 * goes by its SHA-256. `ip` is the caller's address as far as trusted proxies vouch for it.
 * @throws AppError `invalid_api_key`, `wrong_region`, `api_key_revoked`, `api_key_expired`, `suspended`, `ip_not_allowed`.
 */
export async function verifyApiKey(
  db: Db,
  secret: string,
  { ip }: { ip: string | null },
  clock: Clock = systemClock,
): Promise<KeyPrincipal> {
  if (!isKeySecret(secret)) throw invalidKey();
  // A key that is known here was let through once: the usual call never comes this way.
  assertKeyOfOwnCell(cellOfKey(secret));
  const key = await cache().get(sha256Text(secret), () => pulse().watch(readKey(db, sha256(secret))));
  if (key === null) throw invalidKey();
  return principalOf(db, key, { ip, now: clock.now() });
}

/**
 * The same at once, where the key was read within the last five seconds; undefined for any other text, of which `verifyApiKey` finds what
 * it is.
 * @throws AppError as it does.
 */
export function verifyKnownKey(
  db: Db,
  secret: string,
  { ip }: { ip: string | null },
): KeyPrincipal | undefined {
  // What has not the form of a key was never read as one.
  const key = cache().fresh(sha256Text(secret));
  return key ? principalOf(db, key, { ip, now: systemClock.now() }) : undefined;
}

/**
 * A service account with what its token says, at most five seconds old: no more than what the token and the account both allow now.
 * Undefined for one that is disabled or deleted, for a token that was revoked, and for one from before all of its tokens were ended.
 * @throws AppError `suspended`, `ip_not_allowed`.
 */
export async function verifyServiceKey(
  db: Db,
  token: {
    id: string;
    orgId: string;
    generation: number;
    scopes: readonly string[];
    tokenId: string;
    expiresAt: number;
  },
  { ip }: { ip: string | null },
  clock: Clock = systemClock,
): Promise<KeyPrincipal | undefined> {
  const { id, orgId, generation, scopes } = token;
  const key = await cache().get(sha256Text(serviceKeyName(id)), () =>
    pulse().watch(readKey(db, serviceKeyHash(id))),
  );
  if (!key?.service || key.service.disabled || key.service.generation !== generation) return undefined;
  if (key.service.revoked.has(revocationOf(token))) return undefined;
  if (key.principal.orgId !== orgId || keyStatus(key.times, clock.now()) !== "active") return undefined;
  const principal = principalOf(db, key, { ip, now: clock.now() });
  const allowed = [...principal.scopes].filter((scope) => scopes.includes(scope));
  return allowed.length === principal.scopes.size ? principal : { ...principal, scopes: new Set(allowed) };
}

function principalOf(db: Db, key: KnownKey, { ip, now }: { ip: string | null; now: Date }): KeyPrincipal {
  assertUsable(key, now);
  assertNoneSuspended(key);
  if (key.ranges.length > 0 && !isInRanges(ip, key.ranges)) {
    throw new AppError("ip_not_allowed", {
      public: "This API key cannot be used from your IP address. Check the key’s IP allow-list.",
    });
  }
  recordUse(db, key.principal.apiKeyId, now);
  return key.principal;
}

function assertNoneSuspended({ suspension, creatorSuspended }: KnownKey): void {
  if (suspension !== null) throw suspendedError(suspension);
  if (creatorSuspended) {
    throw dependsOnSuspended(
      "The account that created this API key is suspended. Use a key that another member created.",
    );
  }
}

function assertUsable({ times, successorId }: KnownKey, now: Date): void {
  switch (keyStatus(times, now)) {
    case "revoked":
      throw new AppError("api_key_revoked", { public: "This API key was revoked. Use another key." });
    case "expired":
      throw new AppError("api_key_expired", { public: "This API key has expired. Create a new one." });
    case "rotated":
      throw new AppError("api_key_revoked", {
        public: `This API key was rotated and its grace period has ended. Use the secret of its replacement${
          successorId === null ? "" : `, ${toPublicId("key", successorId)}`
        }.`,
      });
    default:
      return;
  }
}

function invalidKey(): AppError {
  return new AppError("invalid_api_key", {
    public:
      "The API key is not valid. Check that you copied all of it; it starts with agt_live_ or agt_test_.",
  });
}

/** As `sha256Text` writes it. */
function cacheKey(secretHash: Uint8Array): string {
  return Buffer.from(secretHash).toString("base64");
}

const keySql: string = Prisma.sql`
  SELECT k.id, k.org_id AS "orgId", k.created_by AS "createdBy", k.environment::text AS "environment",
      k.spend_id AS "spendId",
      CASE WHEN NOT 'requests:read_all' = ANY (k.scopes)
        THEN ARRAY(SELECT c.id::text FROM api_keys c WHERE c.org_id = k.org_id AND c.spend_id = k.spend_id) END AS "chain", k.scopes, k.models, k.ip_allowlist AS "ipAllowlist", k.rpm_limit AS "rpmLimit",
      k.cache_ttl_seconds AS "cacheTtlSeconds",
      k.successor_id AS "successorId", k.expires_at AS "expiresAt", k.grace_ends_at AS "graceEndsAt",
      k.revoked_at AS "revokedAt", s.plan, s.custom_rpm AS "customRpm", o.storage, o.residency, o.hipaa_since IS NOT NULL AS hipaa,
      EXISTS (SELECT FROM provider_keys p WHERE p.org_id = k.org_id) AS "ownKeys",
      ${suspensionOfKey} AS "suspension",
      EXISTS (SELECT FROM users u WHERE u.id = k.created_by AND u.suspended_at IS NOT NULL) AS "creatorSuspended",
      v.generation, v.disabled_at IS NOT NULL AS "disabled", v.revoked_tokens AS "revokedTokens"
    FROM api_keys k
    LEFT JOIN service_accounts v ON v.id = k.id
    JOIN organizations o ON o.id = k.org_id AND o.deleted_at IS NULL
    LEFT JOIN subscriptions s ON s.org_id = k.org_id
    WHERE k.secret_hash = $1`.text;

/** By its name, without Prisma's engine: each busy key is read again every five seconds, and a call waits for it. */
async function readKey(db: Db, hash: Uint8Array): Promise<KnownKey | null> {
  const [row] = await queryNamed<Row>(db, { name: "read_key", text: keySql, values: [Buffer.from(hash)] });
  if (row === undefined) return null;
  const { revokedAt, graceEndsAt, expiresAt, generation, disabled, revokedTokens } = row;
  const plan = planOf(row.plan === null ? null : { plan: row.plan });
  return {
    // Its suspension has an error of its own.
    times: { revokedAt, graceEndsAt, expiresAt, suspendedAt: null },
    successorId: row.successorId,
    suspension: row.suspension,
    creatorSuspended: row.creatorSuspended,
    service: generation === null ? null : { generation, disabled, revoked: new Set(revokedTokens) },
    ranges: row.ipAllowlist.map(rangeOf),
    principal: {
      kind: "key",
      apiKeyId: row.id,
      spendId: row.spendId,
      userId: row.createdBy,
      orgId: row.orgId,
      storage: row.storage,
      plan,
      requestsPerMinute: row.customRpm ?? plans[plan].requestsPerMinute,
      scopes: new Set(knownScopes(row.scopes)),
      environment: row.environment,
      models: row.models,
      rpmLimit: row.rpmLimit,
      ...(generation !== null && { serviceAccount: true }),
      ...(row.chain !== null && { chain: row.chain }),
      ...(row.cacheTtlSeconds !== null && { cacheTtlSeconds: row.cacheTtlSeconds }),
      ...(row.residency !== null && { residency: row.residency }),
      ...(row.hipaa && { hipaa: true }),
      ...(row.ownKeys && { ownKeys: true }),
    },
  };
}

/** A range that cannot be read must narrow the key's use, never widen it. */
function rangeOf(text: string): IpRange {
  const range = parseIpRange(text);
  if (range !== undefined) return range;
  throw new AppError("internal_error", {
    public: "This API key’s IP allow-list cannot be read. Contact support.",
    internal: "a stored IP range is malformed",
  });
}
