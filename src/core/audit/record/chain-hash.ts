import { createSecretKey, type KeyObject } from "node:crypto";
import { type Bytes, constantTimeEqual } from "../../platform/crypto/hash";
import { derivationKeys, keyedHash } from "../../platform/crypto/keyed-hash";

export const SYSTEM_CHAIN = "system";

/** One chain per organization, and the system chain for entries of none. */
export function chainOf(orgId: string | null): string {
  return orgId ?? SYSTEM_CHAIN;
}

/** What a row's hash covers: all its columns, and through `prevHash` all rows before it. */
export interface HashedRow {
  orgId: string | null;
  sequence: bigint;
  id: string;
  createdAt: Date;
  actorType: string;
  actorId: string | null;
  action: string;
  targetType: string | null;
  targetId: string | null;
  traceId: string | null;
  details: unknown;
  prevHash: Uint8Array;
}

const FORM = "agathaai-audit-1";

/**
 * The text that is hashed: a JSON array of fixed length and order, without spaces; the details as a string of JSON with
 * its keys in code-unit order, bytes in base64url, times in ISO 8601 with milliseconds, the sequence as a decimal
 * string. Two different rows never give the same text.
 */
export function canonicalRow(row: HashedRow): string {
  return JSON.stringify([
    FORM,
    chainOf(row.orgId),
    row.sequence.toString(),
    row.id,
    row.createdAt.toISOString(),
    row.actorType,
    row.actorId,
    row.action,
    row.targetType,
    row.targetId,
    row.traceId,
    canonicalJson(row.details),
    Buffer.from(row.prevHash).toString("base64url"),
  ]);
}

/**
 * HMAC-SHA-256 under a key that the database does not hold: an attacker with write access to the database alone can break
 * the chain but not forge it.
 */
export function chainHash(row: HashedRow, key: Uint8Array | KeyObject = configuredChainKey()): Bytes {
  return keyedHash(canonicalRow(row), key);
}

/** Whether we wrote the row, under the chains' key of now or one of before. Only `audit:verify` can tell until when one was in use. */
export function isChainHash(row: HashedRow & { hash: Uint8Array }): boolean {
  return configuredChainKeys().some((key) => constantTimeEqual(chainHash(row, key), row.hash));
}

/** The chains' own key, derived from the secret of `DERIVATION_KEY`. */
export function chainKeyOf(secret?: Uint8Array): Bytes {
  return keyedHash("audit-chain-key:1", secret);
}

/** Of which derivation keys, and what they come to. */
let derived: { of: readonly Uint8Array[]; keys: readonly [KeyObject, ...KeyObject[]] } | undefined;

function configuredChainKeys(): readonly [KeyObject, ...KeyObject[]] {
  const secrets = derivationKeys();
  if (derived?.of !== secrets) {
    const [current, ...earlier] = secrets;
    const keyOf = (secret: Uint8Array) => createSecretKey(chainKeyOf(secret));
    derived = { of: secrets, keys: [keyOf(current), ...earlier.map(keyOf)] };
  }
  return derived.keys;
}

function configuredChainKey(): KeyObject {
  return configuredChainKeys()[0];
}

/** JSON with object keys in code-unit order, because `jsonb` does not keep the order of keys. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const pairs = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`);
  return `{${pairs.join(",")}}`;
}
