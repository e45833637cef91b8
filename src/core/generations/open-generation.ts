import { type ChatRequest, encryptStored, idempotencyInFlight, idempotencyMismatch } from "../inference";
import { type Db, type Environment, timeOfId } from "../platform";
import type { Bytes } from "../platform/crypto/hash";
import { Prisma } from "../platform/db/client";
import { pulse } from "../platform/db/pulse";
import { type Generation, isLost } from "./generation";
import { readGeneration } from "./read-generation";

/** An Idempotency-Key as one organization used it in one environment, and what it was sent with. */
export interface KeyClaim {
  operation: string;
  key: string;
  requestHash: Bytes;
}

export interface NewGeneration {
  /** The call's. */
  id: string;
  orgId: string;
  environment: Environment;
  endpoint: string;
  model: string;
  streamed: boolean;
  includeUsage: boolean;
  resumable: boolean;
  /** The process whose call it is, as `admission` knows it. */
  processId: string;
  /** How long it is kept, and its key taken. */
  lifetimeMs: number;
  claim: KeyClaim | undefined;
  /** For the history, once it has ended. */
  stored: StoredCall | undefined;
}

export interface StoredCall {
  input: ChatRequest;
  metadata: Record<string, string>;
  maxOutputTokens: number;
  traceId: string;
}

/** Concurrent callers may find the same key free. Each loses at most once to each of the others. */
const MAX_TRIES = 5;

/**
 * Begins to keep a call's answer, and takes the Idempotency-Key where there is one. A key is free again once its call has
 * ended without an answer and at no cost. A call whose process died ends with its recovery, and so does the hold on its key.
 *
 * @returns the earlier generation whose key it is; undefined when this one was opened.
 * @throws AppError `idempotency_mismatch`, `idempotency_in_flight`; `service_unavailable`, within 200 ms where PostgreSQL hangs.
 */
export async function openGeneration(db: Db, generation: NewGeneration): Promise<Generation | undefined> {
  const opening = open(db, generation);
  try {
    return await pulse().watch(opening);
  } catch (error) {
    // If it were opened after its caller was told that it was not, it would block the caller's next try.
    opening
      .then((earlier) => (earlier === undefined ? releaseGeneration(db, generation) : undefined))
      .catch(() => undefined);
    throw error;
  }
}

async function open(db: Db, generation: NewGeneration): Promise<Generation | undefined> {
  const { id, orgId, stored } = generation;
  const encrypted = stored && (await encryptStored(db, { orgId, requestId: id, ...stored }));
  for (let tried = 0; tried < MAX_TRIES; tried += 1) {
    const opened = await db.$queryRaw<unknown[]>(openSql(generation, encrypted));
    if (opened.length > 0) return undefined;
    const earlier = await readByKey(db, generation);
    if (earlier === undefined) continue;
    if (earlier.status === "processing") throw idempotencyInFlight();
    if (earlier.final) return earlier;
  }
  throw idempotencyInFlight();
}

type Encrypted = Awaited<ReturnType<typeof encryptStored>> | undefined;

function openSql(generation: NewGeneration, encrypted: Encrypted): Prisma.Sql {
  const { id, orgId, claim, stored, lifetimeMs } = generation;
  const createdAt = timeOfId(id).toISOString();
  const expiresAt = new Date(timeOfId(id).getTime() + lifetimeMs).toISOString();
  const { processId, environment, endpoint, model, streamed, includeUsage, resumable } = generation;
  const row = Prisma.sql`${id}::uuid, ${createdAt}::timestamptz, ${processId}::uuid, ${orgId}::uuid, ${environment}::environment,
      ${endpoint}, ${model}, ${streamed}::boolean, ${includeUsage}::boolean, ${resumable}::boolean, ${expiresAt}::timestamptz,
      ${stored !== undefined}::boolean, ${encrypted?.inputCipher ?? null}::bytea, ${encrypted?.metadata?.cipher ?? null}::bytea,
      ${encrypted?.metadata?.index.map(hex) ?? null}::text[]::bytea[], ${stored?.maxOutputTokens ?? 0}::int, ${stored?.traceId ?? ""}`;
  const columns = Prisma.sql`id, created_at, process_id, org_id, environment, endpoint, model, streamed, include_usage, resumable, expires_at,
      stored, input_cipher, metadata_cipher, metadata_index, max_output_tokens, trace_id`;
  if (claim === undefined) {
    return Prisma.sql`INSERT INTO generations (${columns}) VALUES (${row}) RETURNING id`;
  }
  // Of two that take over the same row the second sees the first one's id, of which its snapshot knows nothing: not free.
  return Prisma.sql`
    WITH claimed AS (
      INSERT INTO idempotency_keys AS k (org_id, operation, key, request_hash, status, resource_id, created_at, expires_at)
      VALUES (${orgId}::uuid, ${claim.operation}, ${claim.key}, ${claim.requestHash}, 'in_flight', ${id}::uuid,
        ${createdAt}::timestamptz, ${expiresAt}::timestamptz)
      ON CONFLICT (org_id, operation, key) DO UPDATE SET
        request_hash = EXCLUDED.request_hash, status = EXCLUDED.status, resource_id = EXCLUDED.resource_id, response = NULL,
        created_at = EXCLUDED.created_at, expires_at = EXCLUDED.expires_at
      WHERE k.expires_at <= now() OR EXISTS (
        SELECT FROM generations g LEFT JOIN usage_ledger u ON u.request_id = g.id AND u.created_at = g.created_at
        WHERE g.id = k.resource_id AND CASE
          WHEN u.request_id IS NOT NULL THEN u.status <> 'completed' AND NOT u.billable
          ELSE ${isLost} END
      )
      RETURNING resource_id
    )
    INSERT INTO generations (${columns}) SELECT ${row} FROM claimed RETURNING id`;
}

const hex = (token: Uint8Array) => `\\x${Buffer.from(token).toString("hex")}`;

async function readByKey(
  db: Db,
  { orgId, environment, claim }: NewGeneration,
): Promise<Generation | undefined> {
  if (claim === undefined) return undefined;
  const { operation, key, requestHash } = claim;
  const row = await db.idempotencyKey.findFirst({
    where: { orgId, operation, key, expiresAt: { gt: new Date() } },
    select: { requestHash: true, resourceId: true },
  });
  if (row === null || row.resourceId === null) return undefined;
  if (!Buffer.from(row.requestHash).equals(requestHash)) throw idempotencyMismatch();
  return await readGeneration(db, { orgId, environment, generationId: row.resourceId });
}

/** Forgets a call that was not admitted: its key is free at once. */
export async function releaseGeneration(
  db: Db,
  { id, orgId, claim }: Pick<NewGeneration, "id" | "orgId" | "claim">,
): Promise<void> {
  if (claim !== undefined) {
    const { operation, key } = claim;
    await db.idempotencyKey.deleteMany({ where: { orgId, operation, key, resourceId: id } });
  }
  await db.generation.deleteMany({ where: { id, orgId } });
}
