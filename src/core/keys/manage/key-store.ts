import type { AuditEntry } from "../../audit";
import { type Environment, fromPublicId, newId, type Scope, type Tx } from "../../platform";
import { ownCell } from "../../platform/cell/own-cell";
import { sha256 } from "../../platform/crypto/hash";
import type { CreatedKeyView, KeyView } from "../schemas";
import { generateKeySecret, shownParts } from "../verify/key-secret";
import { serviceKeyHash } from "../verify/service-key";
import { keyColumns, viewKey } from "../views/key-view";
import { keyNotFound } from "./key-manager";

export interface KeyToInsert {
  orgId: string;
  createdBy: string;
  name: string;
  environment: Environment;
  scopes: Scope[];
  models: string[];
  ipAllowlist: string[];
  rpmLimit: number | null;
  cacheTtlSeconds: number | null;
  expiresAt: Date | null;
  predecessorId: string | null;
  /** The spend counter that a rotated key continues; a new key has a counter of its own. */
  spendId: string | null;
  monthlyCapMicros: bigint | null;
}

/** Stores a new key by the hash of its secret and gives the secret out, for the only time. */
export async function insertKey(tx: Tx, key: KeyToInsert, now: Date): Promise<CreatedKeyView> {
  const secret = generateKeySecret(key.environment, ownCell());
  const id = newId(now);
  const row = await tx.apiKey.create({
    data: {
      ...key,
      id,
      spendId: key.spendId ?? id,
      secretHash: sha256(secret),
      ...shownParts(secret),
      createdAt: now,
    },
    select: keyColumns,
  });
  return { ...(await viewKey(tx, { orgId: key.orgId, row, now })), secret };
}

/** Stores the key by which a new service account is metered; `shown` is of the account's client secret. */
export async function insertServiceKey(
  tx: Tx,
  key: KeyToInsert,
  { shown, now }: { shown: { prefix: string; lastFour: string }; now: Date },
): Promise<KeyView> {
  const id = newId(now);
  const row = await tx.apiKey.create({
    data: { ...key, id, spendId: id, secretHash: serviceKeyHash(id), ...shown, createdAt: now },
    select: keyColumns,
  });
  return await viewKey(tx, { orgId: key.orgId, row, now });
}

/**
 * The key's row, held until the transaction ends: who changes or rotates it at the same time waits, and then sees what
 * was done. @throws AppError `not_found`.
 */
export async function lockKey(tx: Tx, { orgId, id }: { orgId: string; id: string }) {
  await tx.$queryRaw`
    SELECT 1 FROM api_keys WHERE id = ${id}::uuid AND org_id = ${orgId}::uuid FOR NO KEY UPDATE`;
  const row = await tx.apiKey.findUnique({
    where: { id, orgId },
    select: { ...keyColumns, secretHash: true },
  });
  if (row === null) throw keyNotFound();
  return row;
}

/** What the audit log keeps of a key: what it may do. Its name is the customer's text and stays out. */
export function auditOfKey(key: KeyView): Pick<AuditEntry, "target" | "details"> {
  return {
    target: { type: "key", id: fromPublicId("key", key.id) },
    details: {
      environment: key.environment,
      scopes: key.scopes.join(" "),
      models: key.models.length,
      ip_ranges: key.ip_allowlist.length,
      rpm_limit: key.rpm_limit,
      monthly_cap_micros: key.monthly_cap_micros,
      cache_ttl_seconds: key.cache_ttl_seconds,
      expires_at: key.expires_at,
    },
  };
}
