import { type DbOrTx, type Environment, type Scope, scopes, startOfMonth, toPublicId } from "../../platform";
import type { KeyStatus, KeyView } from "../schemas";
import { isServiceKey } from "../verify/service-key";

export interface KeyTimes {
  revokedAt: Date | null;
  graceEndsAt: Date | null;
  expiresAt: Date | null;
  suspendedAt: Date | null;
}

export interface KeyRow extends KeyTimes {
  id: string;
  name: string;
  environment: Environment;
  prefix: string;
  lastFour: string;
  scopes: string[];
  models: string[];
  ipAllowlist: string[];
  rpmLimit: number | null;
  cacheTtlSeconds: number | null;
  monthlyCapMicros: bigint | null;
  /** Whose counter its spending adds to: the first of its chain of rotations. */
  spendId: string;
  createdBy: string | null;
  createdAt: Date;
  lastUsedAt: Date | null;
  predecessorId: string | null;
  successorId: string | null;
  suspensionReason: string | null;
}

/** Every column a view needs; the hash of the secret is not among them. */
export const keyColumns = {
  id: true,
  name: true,
  environment: true,
  prefix: true,
  lastFour: true,
  scopes: true,
  models: true,
  ipAllowlist: true,
  rpmLimit: true,
  cacheTtlSeconds: true,
  monthlyCapMicros: true,
  spendId: true,
  createdBy: true,
  createdAt: true,
  expiresAt: true,
  lastUsedAt: true,
  graceEndsAt: true,
  revokedAt: true,
  predecessorId: true,
  successorId: true,
  suspendedAt: true,
  suspensionReason: true,
} as const satisfies Record<keyof KeyRow, true>;

export function keyStatus(
  { revokedAt, graceEndsAt, expiresAt, suspendedAt }: KeyTimes,
  now: Date,
): KeyStatus {
  if (revokedAt !== null) return "revoked";
  if (graceEndsAt !== null && graceEndsAt <= now) return "rotated";
  if (expiresAt !== null && expiresAt <= now) return "expired";
  if (suspendedAt !== null) return "suspended";
  return graceEndsAt === null ? "active" : "rotating";
}

export function toKeyView(row: KeyRow, spentMicros: bigint, now: Date): KeyView {
  const keyId = (id: string | null) => (id === null ? null : toPublicId("key", id));
  const time = (at: Date | null) => at?.toISOString() ?? null;
  return {
    id: toPublicId("key", row.id),
    name: row.name,
    environment: row.environment,
    status: keyStatus(row, now),
    prefix: row.prefix,
    last_four: row.lastFour,
    scopes: knownScopes(row.scopes),
    models: row.models,
    ip_allowlist: row.ipAllowlist,
    rpm_limit: row.rpmLimit,
    cache_ttl_seconds: row.cacheTtlSeconds,
    monthly_cap_micros: row.monthlyCapMicros === null ? null : Number(row.monthlyCapMicros),
    spent_this_month_micros: Number(spentMicros),
    created_by: row.createdBy === null ? null : toPublicId("usr", row.createdBy),
    created_at: row.createdAt.toISOString(),
    expires_at: time(row.expiresAt),
    last_used_at: time(row.lastUsedAt),
    grace_ends_at: time(row.graceEndsAt),
    revoked_at: time(row.revokedAt),
    suspension_reason: row.suspensionReason,
    predecessor_id: keyId(row.predecessorId),
    successor_id: keyId(row.successorId),
    service_account_id: isServiceKey(row) ? toPublicId("sva", row.id) : null,
  };
}

/** A scope that no longer exists grants nothing. */
export function knownScopes(stored: readonly string[]): Scope[] {
  return scopes.filter((scope) => stored.includes(scope));
}

/** Rows as their owner sees them, with what each has spent this month. */
export async function viewKeys(
  db: DbOrTx,
  { orgId, rows, now }: { orgId: string; rows: readonly KeyRow[]; now: Date },
): Promise<KeyView[]> {
  const spent = await readKeySpend(db, { orgId, spendIds: rows.map(({ spendId }) => spendId), at: now });
  return rows.map((row) => toKeyView(row, spent.get(row.spendId) ?? 0n, now));
}

export async function viewKey(
  db: DbOrTx,
  { orgId, row, now }: { orgId: string; row: KeyRow; now: Date },
): Promise<KeyView> {
  const spent = await readKeySpend(db, { orgId, spendIds: [row.spendId], at: now });
  return toKeyView(row, spent.get(row.spendId) ?? 0n, now);
}

/** What these keys have spent in the UTC month that holds `at`, by `spend_id`; one query, absent where nothing was. */
export async function readKeySpend(
  db: DbOrTx,
  { orgId, spendIds, at }: { orgId: string; spendIds: readonly string[]; at: Date },
): Promise<ReadonlyMap<string, bigint>> {
  const rows = await db.keySpend.findMany({
    where: { orgId, keyId: { in: [...new Set(spendIds)] }, month: startOfMonth(at) },
    select: { keyId: true, spentMicros: true },
  });
  return new Map(rows.map(({ keyId, spentMicros }) => [keyId, spentMicros]));
}
