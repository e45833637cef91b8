import { z } from "zod";
import { AppError, DAY, type Db, type DbOrTx } from "../../platform";
import { canonicalJson } from "../../platform/canonical-json";
import { type Bytes, sha256 } from "../../platform/crypto/hash";
import { Prisma } from "../../platform/db/client";
import type { ExpiredRows } from "../../platform/db/expire-rows";
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

/**
 * The stored response of the first request with this key.
 *
 * @returns undefined when the key has become free meanwhile (it expired, or its request was refused).
 * @throws AppError `idempotency_mismatch` for another body, `idempotency_in_flight` while the first is still running.
 */
export async function readFirstResponse(
  db: DbOrTx,
  claim: IdempotencyClaim,
): Promise<{ response: StoredResponse; requestId: string } | undefined> {
  const row = await db.idempotencyKey.findUnique({
    where: {
      orgId_operation_key: { orgId: claim.orgId, operation: claim.operation, key: claim.key },
      // One that has expired belongs to nobody, also while another request is just taking it.
      expiresAt: { gt: new Date() },
    },
    select: { requestHash: true, status: true, resourceId: true, response: true },
  });
  if (row === null) return undefined;
  const known = Buffer.from(row.requestHash);
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
