import { z } from "zod";
import { AppError, DAY, type Db } from "../../platform";
import { canonicalJson } from "../../platform/canonical-json";
import { Gather } from "../../platform/concurrency/batching/gather";
import { type Bytes, sha256 } from "../../platform/crypto/hash";
import { Prisma, queryNamed } from "../../platform/db/client";
import type { ExpiredRows } from "../../platform/db/rows/expire-rows";
import { fingerprint } from "../../privacy";
import { type StoredResponse, storedResponseSchema } from "../schemas";

export const IDEMPOTENCY_LIFETIME_MS = DAY;

export const expiredIdempotencyKeys: ExpiredRows = { idempotency_keys: Prisma.sql`expires_at < now()` };

export const idempotencyKeySchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,255}$/, "must be 1–255 visible ASCII characters");

/** An Idempotency-Key as one caller used it for one operation. */
export interface IdempotencyClaim {
  orgId: string;
  /** The operation and its environment, so that a test request never replays for a live one. */
  operation: string;
  key: string;
  requestHash: Bytes;
  /** The unkeyed hash in rows written before fingerprints were keyed by organization. */
  formerHash: Bytes;
}

/** @throws AppError `invalid_request` with param `Idempotency-Key`. */
export function checkIdempotencyKey(key: string): string {
  const parsed = idempotencyKeySchema.safeParse(key);
  if (parsed.success) return parsed.data;
  throw new AppError("invalid_request", {
    public: "Idempotency-Key must be 1–255 visible ASCII characters.",
    param: "Idempotency-Key",
  });
}

/** The fingerprint by which a repeated request is recognized, keyed by the organization so that erasure covers it. */
export async function hashRequest(
  db: Db,
  orgId: string,
  input: unknown,
): Promise<Pick<IdempotencyClaim, "requestHash" | "formerHash">> {
  const text = canonicalJson(input);
  return {
    requestHash: await fingerprint(db, { type: "org", id: orgId }, "idempotency", text),
    formerHash: sha256(text),
  };
}

interface FirstRow {
  requestHash: Buffer;
  status: string;
  resourceId: string | null;
  response: unknown;
}

const MAX_READS = 64;
const reads = new WeakMap<Db, Gather<IdempotencyClaim, FirstRow | undefined>>();

/** Repetitions come in crowds: those of the same moment share a statement. */
function firstRows(db: Db): Gather<IdempotencyClaim, FirstRow | undefined> {
  const known = reads.get(db);
  if (known !== undefined) return known;
  const made = new Gather((claims: readonly IdempotencyClaim[]) => readFirstRows(db, claims), {
    maxSize: MAX_READS,
    maxRunning: 1,
  });
  reads.set(db, made);
  return made;
}

/** A key that has expired belongs to nobody, also while another request is just taking it. */
async function readFirstRows(db: Db, claims: readonly IdempotencyClaim[]): Promise<(FirstRow | undefined)[]> {
  const rows = await queryNamed<FirstRow & { nr: number }>(db, {
    name: "read_first_responses",
    text: `SELECT asked.nr::int AS nr, k.request_hash AS "requestHash", k.status, k.resource_id AS "resourceId", k.response
      FROM unnest($1::uuid[], $2::text[], $3::text[]) WITH ORDINALITY AS asked(org_id, operation, key, nr)
      JOIN idempotency_keys k ON k.org_id = asked.org_id AND k.operation = asked.operation AND k.key = asked.key
      WHERE k.expires_at > $4::timestamptz`,
    values: [
      claims.map(({ orgId }) => orgId),
      claims.map(({ operation }) => operation),
      claims.map(({ key }) => key),
      new Date().toISOString(),
    ],
  });
  const byNumber = new Map(rows.map((row) => [row.nr, row]));
  return claims.map((_, index) => byNumber.get(index + 1));
}

/**
 * The stored response of the first request with this key.
 *
 * @returns undefined when the key has become free meanwhile (it expired, or its request was refused).
 * @throws AppError `idempotency_mismatch` for another body, `idempotency_in_flight` while the first is still running.
 */
export async function readFirstResponse(
  db: Db,
  claim: IdempotencyClaim,
): Promise<{ response: StoredResponse; requestId: string } | undefined> {
  const row = await firstRows(db).add(claim);
  if (row === undefined) return undefined;
  const known = row.requestHash;
  if (!known.equals(claim.requestHash) && !known.equals(claim.formerHash)) throw idempotencyMismatch();
  if (row.status === "in_flight") throw idempotencyInFlight();
  if (row.resourceId === null) return undefined;
  return { response: storedResponseSchema.parse(row.response), requestId: row.resourceId };
}

/** The key came with another body before. */
export function idempotencyMismatch(): AppError {
  return new AppError("idempotency_mismatch", {
    public:
      "This Idempotency-Key was used for a different request in the last 24 hours. Use a new key for a new request.",
    param: "Idempotency-Key",
  });
}

/** The first request with the key has no answer yet. */
export function idempotencyInFlight(): AppError {
  return new AppError("idempotency_in_flight", {
    public: "The first request with this Idempotency-Key is still in progress. Try again in a moment.",
    param: "Idempotency-Key",
    retryAfterSeconds: 1,
  });
}
