import type { AuditAction, AuditEntry } from "../audit";
import { type KeyRow, keyColumns, knownScopes, lockKey, readKeySpend } from "../keys";
import { AppError, type Db, type DbOrTx, type Tx, toPublicId } from "../platform";
import type { ServiceAccountView } from "./schemas";

/** What stands beside the key; the hashes of the secrets are not among it. */
export const accountColumns = {
  previousSecretUntil: true,
  generation: true,
  disabledAt: true,
} as const;

export interface AccountRow {
  previousSecretUntil: Date | null;
  generation: number;
  disabledAt: Date | null;
}

/** A service account as one: its key and what the key does not have. */
export interface AccountAndKey {
  key: KeyRow;
  account: AccountRow;
}

/** For a query on keys: with the service account of each. */
export const withAccount = { ...keyColumns, serviceAccount: { select: accountColumns } } as const;

/** As their owner sees them, with what each has spent this month. */
export async function viewAccounts(
  db: DbOrTx,
  { orgId, rows, now }: { orgId: string; rows: readonly AccountAndKey[]; now: Date },
): Promise<ServiceAccountView[]> {
  const spendIds = rows.map(({ key }) => key.spendId);
  const spent = await readKeySpend(db, { orgId, spendIds, at: now });
  return rows.map((row) => viewAccount(row, spent.get(row.key.spendId) ?? 0n, now));
}

function viewAccount({ key, account }: AccountAndKey, spent: bigint, now: Date): ServiceAccountView {
  const until = account.previousSecretUntil;
  return {
    id: toPublicId("sva", key.id),
    name: key.name,
    environment: key.environment,
    status: statusOf({ key, account }, now),
    scopes: knownScopes(key.scopes),
    models: key.models,
    ip_allowlist: key.ipAllowlist,
    rpm_limit: key.rpmLimit,
    monthly_cap_micros: key.monthlyCapMicros === null ? null : Number(key.monthlyCapMicros),
    spent_this_month_micros: Number(spent),
    key_id: toPublicId("key", key.id),
    secret_prefix: key.prefix,
    secret_last_four: key.lastFour,
    previous_secret_until: until !== null && until > now ? until.toISOString() : null,
    created_by: key.createdBy === null ? null : toPublicId("usr", key.createdBy),
    created_at: key.createdAt.toISOString(),
    expires_at: key.expiresAt?.toISOString() ?? null,
    last_used_at: key.lastUsedAt?.toISOString() ?? null,
    disabled_at: account.disabledAt?.toISOString() ?? null,
  };
}

function statusOf({ key, account }: AccountAndKey, now: Date): ServiceAccountView["status"] {
  if (account.disabledAt !== null) return "disabled";
  if (key.expiresAt !== null && key.expiresAt <= now) return "expired";
  return key.suspendedAt === null ? "active" : "suspended";
}

/**
 * The account with its key, whose row is held until the transaction ends. One whose key was revoked, with the member who answered for
 * it or as leaked, is gone. @throws AppError `not_found`.
 */
export async function lockAccount(
  tx: Tx,
  { orgId, id }: { orgId: string; id: string },
): Promise<AccountAndKey & { secretHash: Uint8Array<ArrayBuffer> }> {
  const account = await tx.serviceAccount.findFirst({ where: { id, orgId }, select: { id: true } });
  if (account === null) throw accountNotFound();
  const key = await lockKey(tx, { orgId, id });
  const row = await tx.serviceAccount.findUnique({
    where: { id },
    select: { ...accountColumns, secretHash: true },
  });
  if (row === null || key.revokedAt !== null) throw accountNotFound();
  const { secretHash, ...rest } = row;
  return { key, account: rest, secretHash: new Uint8Array(secretHash) };
}

export async function readAccount(
  db: Db | Tx,
  { orgId, id }: { orgId: string; id: string },
): Promise<AccountAndKey> {
  const row = await db.apiKey.findFirst({ where: { id, orgId, revokedAt: null }, select: withAccount });
  if (row?.serviceAccount == null) throw accountNotFound();
  const { serviceAccount: account, ...key } = row;
  return { key, account };
}

/** Another organization's answers the same as one that never was. */
export function accountNotFound(): AppError {
  return new AppError("not_found", {
    public: "Service account not found in your organization.",
    param: "id",
  });
}

/** What the audit log keeps of one: what it may do. Its name is the customer's text and stays out. */
export function auditOfAccount(
  key: KeyRow,
  action: AuditAction,
  { orgId, actor }: Pick<AuditEntry, "orgId" | "actor">,
): AuditEntry {
  return {
    orgId,
    actor,
    action,
    target: { type: "service_account", id: key.id },
    details: {
      environment: key.environment,
      scopes: knownScopes(key.scopes).join(" "),
      models: key.models.length,
      ip_ranges: key.ipAllowlist.length,
      rpm_limit: key.rpmLimit,
      monthly_cap_micros: key.monthlyCapMicros === null ? null : Number(key.monthlyCapMicros),
    },
  };
}
