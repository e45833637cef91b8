import type { Model } from "../../models";
import { plans } from "../../plans";
import type { Bytes } from "../../platform/crypto/hash";
import { type DbOrTx, Prisma } from "../../platform/db/client";
import type { Environment, Plan } from "../../platform/principal";
import type { QueueName } from "../../platform/queue/queue";
import {
  keyReservationSql,
  type LimitState,
  limitOfPeriod,
  monthOf,
  paysOverage,
  quotaPeriodSql,
  reservationSql,
} from "../../quota";
import type { EncryptedMetadata } from "../request/metadata";
import type { StoredResponse } from "../schemas";
import { isRefusedStatement } from "../sql";
import { IDEMPOTENCY_LIFETIME_MS, type IdempotencyClaim } from "./idempotency";

export interface NewRequest {
  id: string;
  /** The millisecond inside `id`. */
  createdAt: Date;
  orgId: string;
  userId: string | null;
  apiKeyId: string | null;
  /** The key whose monthly spend it adds to; null without a key. */
  spendId: string | null;
  plan: Plan;
  environment: Environment;
  queueName: QueueName;
  model: Model;
  inputCipher: Bytes;
  metadata: EncryptedMetadata | undefined;
  /** Numbers and choices only, never content. */
  parameters: Record<string, number | string | undefined>;
  traceId: string;
  maxOutputTokens: number;
  /** The most it can take, set aside until it ends: tokens, and micro-dollars. */
  tokens: number;
  costMicros: bigint;
  maxAttempts: number;
}

/** A request and, when the caller gave an Idempotency-Key, the claim to it and the answer to keep under it. */
export interface Acceptance {
  request: NewRequest;
  idempotency?: { claim: IdempotencyClaim; answer: StoredResponse } | undefined;
}

export type InsertOutcome =
  | { outcome: "accepted" | "key_taken" }
  /** Another statement holds its key and has not committed yet. */
  | { outcome: "key_in_flight" }
  /** Quota or cap has no room for it; how it stood at that moment. */
  | ({ outcome: "refused" } & Omit<LimitState, "at" | "asked">)
  /** It would fit alone, but the room went to others of this moment: ask again. */
  | { outcome: "crowded" };

const crowded: InsertOutcome = { outcome: "crowded" };

interface OutcomeRow {
  id: string;
  outcome: InsertOutcome["outcome"];
  refused_by: LimitState["by"];
  starts_at: Date;
  ends_at: Date;
  limit_amount: bigint | null;
  used_amount: bigint | null;
  reserved_amount: bigint | null;
}

/**
 * Idempotency keys, reservations of tokens and money, and request rows of a group: one statement, so one transaction and
 * one round trip. Requests get what room their organization and API key have in their order. An idempotency key is
 * locked until the commit, and the lock is only tried: a twin in another statement is told at once, instead of making
 * its whole group wait at the unique index for a commit that may hang.
 *
 * Idempotency keys come first, then organizations, then API keys, each in one order, so that two groups never wait for
 * each other.
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

function toOutcome(row: OutcomeRow): InsertOutcome {
  if (row.outcome !== "refused") return { outcome: row.outcome };
  const [limit = 0, used = 0, reserved = 0] = [row.limit_amount, row.used_amount, row.reserved_amount].map(
    (amount) => Number(amount ?? 0n),
  );
  const { refused_by: by, starts_at: startsAt, ends_at: resetsAt } = row;
  return { outcome: "refused", by, startsAt, resetsAt, limit, used, reserved };
}

function statement(rows: string): Prisma.Sql {
  return Prisma.sql`
    WITH batch AS MATERIALIZED (
      SELECT * FROM json_to_recordset(${rows}::json) AS b(
        id uuid, created_at timestamptz, org_id uuid, user_id uuid, api_key_id uuid, spend_id uuid, environment environment,
        lane lane, model text, provider text, upstream_model text, input text, metadata text, metadata_index text[],
        parameters jsonb, trace_id text, max_output_tokens int, reserved_tokens bigint, reserved_micros bigint,
        quota_day date, plan_tokens bigint, max_attempts int,
        operation text, key text, request_hash text, answer jsonb, key_expires_at timestamptz)
    ),
    held AS MATERIALIZED (
      SELECT *, quota_day::timestamp AT TIME ZONE 'UTC' AS quota_month, key IS NULL
        OR pg_try_advisory_xact_lock(hashtextextended(concat_ws(' ', org_id, operation, key), 0)) AS ours
      FROM batch
    ),
    -- How tokens and money stand. A request that pays beyond its quota has no limit of tokens; one of the simulator none at all.
    limited AS (
      SELECT b.*, CASE WHEN b.quota_month IS NOT NULL THEN p.starts_at END AS quota_period, p.ends_at AS period_ends,
        CASE WHEN NOT t.pays_overage THEN t.tokens END AS limit_tokens,
        CASE WHEN t.pays_overage THEN t.tokens END AS overage_from,
        q.used_tokens, q.reserved_tokens AS others_tokens,
        CASE WHEN b.quota_month IS NOT NULL THEN s.monthly_cap_micros END AS org_cap,
        o.spent_micros AS org_spent, o.reserved_micros AS org_others,
        CASE WHEN b.quota_month IS NOT NULL THEN k.monthly_cap_micros END AS key_cap,
        ks.spent_micros AS key_spent, ks.reserved_micros AS key_others
      FROM held b
      LEFT JOIN subscriptions s USING (org_id)
      CROSS JOIN LATERAL (${quotaPeriodSql({
        at: Prisma.sql`b.created_at`,
        planTokens: Prisma.sql`b.plan_tokens`,
      })}) p
      LEFT JOIN quota_counters q ON q.org_id = b.org_id AND q.starts_at = p.starts_at AND b.quota_month IS NOT NULL
      LEFT JOIN quota_counters o ON o.org_id = b.org_id AND o.starts_at = b.quota_month
      LEFT JOIN api_keys k ON k.id = b.api_key_id
      LEFT JOIN key_spend ks ON ks.key_id = b.spend_id AND ks.month = b.quota_day
      CROSS JOIN LATERAL (
        SELECT ${paysOverage} AND b.quota_month IS NOT NULL AS pays_overage,
          CASE WHEN b.quota_month IS NOT NULL THEN ${limitOfPeriod} END AS tokens
      ) t
    ),
    counted AS (
      SELECT *,
        limit_tokens - coalesce(used_tokens + others_tokens, 0) AS room,
        org_cap - coalesce(org_spent + org_others, 0) AS org_room,
        key_cap - coalesce(key_spent + key_others, 0) AS key_room
      FROM limited
    ),
    fitting AS (
      SELECT *,
        sum(reserved_tokens) OVER (PARTITION BY org_id, quota_period ORDER BY id) AS together,
        sum(reserved_micros) OVER (PARTITION BY org_id, quota_month ORDER BY id) AS org_together,
        sum(reserved_micros) OVER (PARTITION BY spend_id, quota_month ORDER BY id) AS key_together
      FROM counted
      WHERE ours AND (room IS NULL OR reserved_tokens <= room) AND (org_room IS NULL OR reserved_micros <= org_room)
        AND (key_room IS NULL OR reserved_micros <= key_room)
    ),
    open AS (
      SELECT * FROM fitting
      WHERE (room IS NULL OR together <= room) AND (org_room IS NULL OR org_together <= org_room)
        AND (key_room IS NULL OR key_together <= key_room)
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
    -- Tokens count in the period, money in the calendar month: two rows of an organization, or one where they begin together.
    reserved AS (${reservationSql(Prisma.sql`
      SELECT org_id, starts_at, sum(tokens)::bigint AS tokens, max(limit_tokens) AS limit_tokens,
        sum(micros)::bigint AS micros, max(cap_micros) AS cap_micros
      FROM (
        SELECT org_id, quota_period AS starts_at, reserved_tokens AS tokens, limit_tokens, 0 AS micros, NULL::bigint AS cap_micros
        FROM ready WHERE quota_month IS NOT NULL
        UNION ALL
        SELECT org_id, quota_month, 0, NULL, reserved_micros, org_cap FROM ready WHERE quota_month IS NOT NULL
      ) parts
      GROUP BY org_id, starts_at`)}
    ),
    covered AS (
      SELECT * FROM ready
      WHERE quota_month IS NULL
        OR ((org_id, quota_period) IN (SELECT org_id, starts_at FROM reserved)
          AND (org_id, quota_month) IN (SELECT org_id, starts_at FROM reserved))
    ),
    reserved_of_keys AS (${keyReservationSql(Prisma.sql`
      SELECT spend_id AS key_id, quota_day AS month, org_id, sum(reserved_micros)::bigint AS micros,
        max(key_cap) AS cap_micros
      FROM covered WHERE quota_day IS NOT NULL AND spend_id IS NOT NULL
      GROUP BY spend_id, quota_day, org_id`)}
    ),
    accepted AS (
      INSERT INTO inference_requests (
        id, created_at, org_id, user_id, api_key_id, spend_id, environment, lane, model, provider, upstream_model, status,
        input_cipher, metadata_cipher, metadata_index, parameters, trace_id, max_output_tokens, reserved_tokens,
        reserved_micros, quota_month, quota_period, overage_from, max_attempts, next_attempt_at)
      SELECT id, created_at, org_id, user_id, api_key_id, spend_id, environment, lane, model, provider, upstream_model, 'queued',
        decode(input, 'base64'), decode(metadata, 'base64'), metadata_index::bytea[], parameters, trace_id, max_output_tokens, reserved_tokens,
        reserved_micros, quota_day, quota_period, overage_from, max_attempts, created_at
      FROM covered
      WHERE quota_day IS NULL OR spend_id IS NULL
        OR (spend_id, quota_day) IN (SELECT key_id, month FROM reserved_of_keys)
      RETURNING id
    )
    -- What was taken here for a request whose reservation another process has beaten to the room must not stay: all is undone.
    SELECT b.id, CASE
      WHEN NOT b.ours THEN 'key_in_flight'
      WHEN b.id IN (SELECT id FROM accepted) THEN 'accepted'
      WHEN b.id IN (
        SELECT id FROM ready
        WHERE key IS NOT NULL OR quota_month IS NULL OR org_id IN (SELECT org_id FROM reserved)
      )
        AND refuse_statement('a key or a reservation without its request') THEN 'crowded'
      WHEN b.id IN (SELECT id FROM open WHERE key IS NOT NULL) THEN 'key_taken'
      WHEN b.id IN (SELECT id FROM fitting) THEN 'crowded'
      WHEN b.key IS NOT NULL AND EXISTS (
        SELECT FROM idempotency_keys k
        WHERE k.org_id = b.org_id AND k.operation = b.operation AND k.key = b.key AND k.expires_at > b.created_at
      ) THEN 'key_taken'
      ELSE 'refused' END AS outcome, r.*
    FROM counted b
    CROSS JOIN LATERAL (
      SELECT (b.quota_day + interval '1 month') AT TIME ZONE 'UTC' AS ends_at
    ) m
    CROSS JOIN LATERAL (
      SELECT 'quota' AS refused_by, b.quota_period AS starts_at, b.period_ends AS ends_at, b.limit_tokens AS limit_amount, b.used_tokens AS used_amount, b.others_tokens AS reserved_amount
      WHERE b.reserved_tokens > b.room
      UNION ALL SELECT 'org_cap', b.quota_month, m.ends_at, b.org_cap, b.org_spent, b.org_others WHERE b.reserved_micros > b.org_room
      UNION ALL SELECT 'key_cap', b.quota_month, m.ends_at, b.key_cap, b.key_spent, b.key_others
      LIMIT 1
    ) r`;
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
    spend_id: request.spendId,
    environment: request.environment,
    lane: request.queueName,
    model: request.model.id,
    provider: request.model.provider,
    upstream_model: request.model.upstreamModel,
    input: base64(request.inputCipher),
    ...(request.metadata === undefined
      ? {}
      : {
          metadata: base64(request.metadata.cipher),
          metadata_index: request.metadata.index.map((token) => `\\x${Buffer.from(token).toString("hex")}`),
        }),
    parameters: request.parameters,
    trace_id: request.traceId,
    max_output_tokens: request.maxOutputTokens,
    reserved_tokens: live ? request.tokens : 0,
    reserved_micros: live ? Number(request.costMicros) : 0,
    quota_day: live ? monthOf(request.createdAt) : null,
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
