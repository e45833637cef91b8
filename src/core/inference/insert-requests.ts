import type { Model } from "../models";
import { plans } from "../plans";
import type { Bytes } from "../platform/crypto/hash";
import { type DbOrTx, Prisma } from "../platform/db";
import type { Environment, Plan } from "../platform/principal";
import { monthOf, reservationSql } from "../usage";
import { IDEMPOTENCY_LIFETIME_MS, type IdempotencyClaim } from "./idempotency";
import type { Lane } from "./lease";
import type { SealedMetadata } from "./metadata";
import type { AcceptedView } from "./schemas";
import { isRefusedStatement } from "./sql";

export interface NewRequest {
  id: string;
  /** The millisecond inside `id`. */
  createdAt: Date;
  orgId: string;
  userId: string | null;
  apiKeyId: string | null;
  plan: Plan;
  environment: Environment;
  lane: Lane;
  model: Model;
  inputCipher: Bytes;
  metadata: SealedMetadata | undefined;
  /** Numbers and choices only, never content. */
  parameters: Record<string, number | string | undefined>;
  traceId: string;
  maxOutputTokens: number;
  tokens: number;
  maxAttempts: number;
}

/** A request and, when the caller gave an Idempotency-Key, the claim to it and the answer to keep under it. */
export interface Acceptance {
  request: NewRequest;
  idempotency?: { claim: IdempotencyClaim; answer: AcceptedView } | undefined;
}

export type InsertOutcome =
  | { outcome: "accepted" | "key_taken" }
  /** Another statement holds its key and has not committed yet. */
  | { outcome: "key_in_flight" }
  /** The quota has no room for it; how it stood at that moment. */
  | { outcome: "refused"; limit: number; used: number; reserved: number }
  /** It would fit alone, but the room went to others of this moment: ask again. */
  | { outcome: "crowded" };

const crowded: InsertOutcome = { outcome: "crowded" };

interface OutcomeRow {
  id: string;
  outcome: InsertOutcome["outcome"];
  limit_tokens: bigint | null;
  used_tokens: bigint | null;
  reserved_tokens: bigint | null;
}

/**
 * Idempotency keys, quota reservations and request rows of a group: one statement, so one transaction and one round
 * trip. Requests get what room their organisation has in their order. A key is locked until the commit, and the lock
 * is only tried: a twin in another statement is told at once, instead of making its whole group wait at the unique
 * index for a commit that may hang.
 *
 * Keys come before quotas, each in one order, so that two groups never wait for each other.
 */
export async function insertRequests(db: DbOrTx, group: readonly Acceptance[]): Promise<InsertOutcome[]> {
  const rows = JSON.stringify(group.map(toRow));
  try {
    const outcomes = await db.$queryRaw<OutcomeRow[]>(statement(rows));
    const byId = new Map(outcomes.map((row) => [row.id, toOutcome(row)]));
    return group.map(({ request }) => byId.get(request.id) ?? crowded);
  } catch (error) {
    if (isRefusedStatement(error)) return group.map(() => crowded);
    throw error;
  }
}

function toOutcome({ outcome, limit_tokens, used_tokens, reserved_tokens }: OutcomeRow): InsertOutcome {
  if (outcome !== "refused") return { outcome };
  const [limit, used, reserved] = [limit_tokens, used_tokens, reserved_tokens].map((count) =>
    Number(count ?? 0n),
  );
  return { outcome, limit: limit ?? 0, used: used ?? 0, reserved: reserved ?? 0 };
}

function statement(rows: string): Prisma.Sql {
  return Prisma.sql`
    WITH batch AS MATERIALIZED (
      SELECT * FROM json_to_recordset(${rows}::json) AS b(
        id uuid, created_at timestamptz, org_id uuid, user_id uuid, api_key_id uuid, environment environment,
        lane lane, model text, provider text, upstream_model text, input text, metadata text, metadata_marks text[],
        parameters jsonb, trace_id text, max_output_tokens int, reserved_tokens bigint, quota_month date, plan_tokens bigint, max_attempts int,
        operation text, key text, request_hash text, answer jsonb, key_expires_at timestamptz)
    ),
    held AS MATERIALIZED (
      SELECT *, key IS NULL
        OR pg_try_advisory_xact_lock(hashtextextended(concat_ws(' ', org_id, operation, key), 0)) AS ours
      FROM batch
    ),
    counted AS (
      SELECT b.*, t.limit_tokens, q.used_tokens, q.reserved_tokens AS others_tokens,
        t.limit_tokens - coalesce(q.used_tokens + q.reserved_tokens, 0) AS room
      FROM held b
      LEFT JOIN subscriptions s USING (org_id)
      LEFT JOIN quota_counters q ON q.org_id = b.org_id AND q.month = b.quota_month
      CROSS JOIN LATERAL (
        SELECT CASE WHEN b.quota_month IS NOT NULL THEN coalesce(s.custom_monthly_tokens, b.plan_tokens) END
          AS limit_tokens
      ) t
    ),
    fitting AS (
      SELECT *, sum(reserved_tokens) OVER (PARTITION BY org_id, quota_month ORDER BY id) AS together
      FROM counted WHERE ours AND (room IS NULL OR reserved_tokens <= room)
    ),
    open AS (
      SELECT * FROM fitting WHERE room IS NULL OR together <= room
    ),
    keyed AS (
      INSERT INTO idempotency_keys AS k
        (org_id, operation, key, request_hash, status, resource_id, response, created_at, expires_at)
      SELECT org_id, operation, key, decode(request_hash, 'base64'), 'done', id, answer, created_at, key_expires_at
      FROM open WHERE key IS NOT NULL
      ORDER BY org_id, operation, key
      ON CONFLICT (org_id, operation, key) DO UPDATE SET
        request_hash = EXCLUDED.request_hash, status = EXCLUDED.status, resource_id = EXCLUDED.resource_id,
        response = EXCLUDED.response, created_at = EXCLUDED.created_at, expires_at = EXCLUDED.expires_at
      WHERE k.expires_at <= EXCLUDED.created_at
      RETURNING k.resource_id
    ),
    ready AS (
      SELECT * FROM open WHERE key IS NULL OR id IN (SELECT resource_id FROM keyed)
    ),
    reserved AS (${reservationSql(Prisma.sql`
      SELECT org_id, quota_month AS month, sum(reserved_tokens)::bigint AS tokens, max(limit_tokens) AS limit_tokens
      FROM ready WHERE quota_month IS NOT NULL
      GROUP BY org_id, quota_month`)}
    ),
    accepted AS (
      INSERT INTO inference_requests (
        id, created_at, org_id, user_id, api_key_id, environment, lane, model, provider, upstream_model, status,
        input_cipher, metadata_cipher, metadata_index, parameters, trace_id, max_output_tokens, reserved_tokens, quota_month, max_attempts,
        next_attempt_at)
      SELECT id, created_at, org_id, user_id, api_key_id, environment, lane, model, provider, upstream_model, 'queued',
        decode(input, 'base64'), decode(metadata, 'base64'), metadata_marks::bytea[], parameters, trace_id, max_output_tokens, reserved_tokens, quota_month, max_attempts,
        created_at
      FROM ready
      WHERE quota_month IS NULL OR (org_id, quota_month) IN (SELECT org_id, month FROM reserved)
      RETURNING id
    )
    -- A key taken here whose reservation another process has beaten to the room must not stay: all is undone.
    SELECT b.id, b.limit_tokens, b.used_tokens, b.others_tokens AS reserved_tokens, CASE
      WHEN NOT b.ours THEN 'key_in_flight'
      WHEN b.id IN (SELECT id FROM accepted) THEN 'accepted'
      WHEN b.id IN (SELECT id FROM ready WHERE key IS NOT NULL) AND refuse_statement('a key without its request')
        THEN 'crowded'
      WHEN b.id IN (SELECT id FROM open WHERE key IS NOT NULL) THEN 'key_taken'
      WHEN b.id IN (SELECT id FROM fitting) THEN 'crowded'
      WHEN b.key IS NOT NULL AND EXISTS (
        SELECT FROM idempotency_keys k
        WHERE k.org_id = b.org_id AND k.operation = b.operation AND k.key = b.key AND k.expires_at > b.created_at
      ) THEN 'key_taken'
      ELSE 'refused' END AS outcome
    FROM counted b`;
}

/** The simulator spends nothing, so test requests reserve nothing and count in no month. */
function toRow({ request, idempotency }: Acceptance) {
  const live = request.environment === "live";
  return {
    id: request.id,
    created_at: request.createdAt,
    org_id: request.orgId,
    user_id: request.userId,
    api_key_id: request.apiKeyId,
    environment: request.environment,
    lane: request.lane,
    model: request.model.id,
    provider: request.model.provider,
    upstream_model: request.model.upstreamModel,
    input: base64(request.inputCipher),
    ...(request.metadata === undefined
      ? {}
      : {
          metadata: base64(request.metadata.cipher),
          metadata_marks: request.metadata.index.map((mark) => `\\x${Buffer.from(mark).toString("hex")}`),
        }),
    parameters: request.parameters,
    trace_id: request.traceId,
    max_output_tokens: request.maxOutputTokens,
    reserved_tokens: live ? request.tokens : 0,
    quota_month: live ? monthOf(request.createdAt) : null,
    plan_tokens: plans[request.plan].tokensPerMonth,
    max_attempts: request.maxAttempts,
    ...(idempotency === undefined
      ? {}
      : {
          operation: idempotency.claim.operation,
          key: idempotency.claim.key,
          request_hash: base64(idempotency.claim.requestHash),
          answer: idempotency.answer,
          key_expires_at: new Date(request.createdAt.getTime() + IDEMPOTENCY_LIFETIME_MS),
        }),
  };
}

function base64(bytes: Bytes): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("base64");
}
