import type { Model } from "../models";
import type { Bytes } from "../platform/crypto/hash";
import { type DbOrTx, Prisma } from "../platform/db";
import type { Environment, Plan } from "../platform/principal";
import { getTokenQuota, monthOf, quotaExceeded, reservationSql, tokenLimitSql } from "../usage";
import { IDEMPOTENCY_LIFETIME_MS, type IdempotencyClaim } from "./idempotency";
import type { Lane } from "./lease";
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
  /** Numbers and choices only, never content. */
  parameters: Record<string, number | string | undefined>;
  traceId: string;
  maxOutputTokens: number;
  tokens: number;
  maxAttempts: number;
}

/**
 * Idempotency key, quota reservation and request row: one statement, so one transaction and one round trip. A twin
 * with the same key waits at the key's unique index until the first has committed, then writes nothing.
 *
 * @returns false when the key is taken: the first answer stands.
 * @throws AppError `quota_exceeded`; nothing is written then.
 */
export async function insertRequest(
  db: DbOrTx,
  request: NewRequest,
  idempotency: { claim: IdempotencyClaim; answer: AcceptedView } | undefined,
): Promise<boolean> {
  const steps = [
    ...(idempotency === undefined ? [] : [Prisma.sql`keyed AS (${claimKeySql(request, idempotency)})`]),
    Prisma.sql`reserved AS (${reserveSql(request, idempotency !== undefined)})`,
    Prisma.sql`accepted AS (${insertSql(request)})`,
  ];
  // Taking the key but not fitting the quota must leave no key behind: the guard undoes the whole statement.
  const outcome =
    idempotency === undefined
      ? Prisma.sql`true AS keyed, EXISTS (SELECT FROM accepted) AS accepted`
      : Prisma.sql`EXISTS (SELECT FROM keyed) AS keyed, CASE
          WHEN EXISTS (SELECT FROM accepted) THEN true
          WHEN EXISTS (SELECT FROM keyed) THEN refuse_statement('quota_exceeded')
          ELSE false END AS accepted`;
  let row: { keyed: boolean; accepted: boolean } | undefined;
  try {
    [row] = await db.$queryRaw<{ keyed: boolean; accepted: boolean }[]>`
      WITH ${Prisma.join(steps, ", ")} SELECT ${outcome}`;
  } catch (error) {
    if (!isRefusedStatement(error)) throw error;
  }
  if (row?.accepted) return true;
  if (row !== undefined && !row.keyed) return false;
  throw await refusal(db, request);
}

function claimKeySql(
  { id, createdAt }: NewRequest,
  { claim, answer }: { claim: IdempotencyClaim; answer: AcceptedView },
): Prisma.Sql {
  const at = createdAt.toISOString();
  const expires = new Date(createdAt.getTime() + IDEMPOTENCY_LIFETIME_MS).toISOString();
  return Prisma.sql`
    INSERT INTO idempotency_keys AS k
      (org_id, operation, key, request_hash, status, resource_id, response, created_at, expires_at)
    VALUES (${claim.orgId}::uuid, ${claim.operation}, ${claim.key}, ${claim.requestHash}, 'done', ${id}::uuid,
      ${JSON.stringify(answer)}::jsonb, ${at}::timestamptz, ${expires}::timestamptz)
    ON CONFLICT (org_id, operation, key) DO UPDATE SET
      request_hash = EXCLUDED.request_hash, status = EXCLUDED.status, resource_id = EXCLUDED.resource_id,
      response = EXCLUDED.response, created_at = EXCLUDED.created_at, expires_at = EXCLUDED.expires_at
    WHERE k.expires_at <= EXCLUDED.created_at
    RETURNING k.key`;
}

/** The simulator spends nothing, so test requests reserve nothing. */
function reserveSql(request: NewRequest, keyed: boolean): Prisma.Sql {
  if (request.environment === "test") {
    return keyed ? Prisma.sql`SELECT FROM keyed` : Prisma.sql`SELECT`;
  }
  return reservationSql({
    orgId: request.orgId,
    at: request.createdAt,
    tokens: request.tokens,
    limit: tokenLimitSql(request.orgId, request.plan),
    ...(keyed ? { given: Prisma.sql`CROSS JOIN keyed` } : {}),
  });
}

function insertSql(request: NewRequest): Prisma.Sql {
  const live = request.environment === "live";
  const at = request.createdAt.toISOString();
  return Prisma.sql`
    INSERT INTO inference_requests (
      id, created_at, org_id, user_id, api_key_id, environment, lane, model, provider, upstream_model, status,
      input_cipher, parameters, trace_id, max_output_tokens, reserved_tokens, quota_month, max_attempts,
      next_attempt_at)
    SELECT ${request.id}::uuid, ${at}::timestamptz, ${request.orgId}::uuid, ${request.userId}::uuid,
      ${request.apiKeyId}::uuid, ${request.environment}::environment, ${request.lane}::lane, ${request.model.id},
      ${request.model.provider}, ${request.model.upstreamModel}, 'queued', ${request.inputCipher},
      ${JSON.stringify(request.parameters)}::jsonb, ${request.traceId}, ${request.maxOutputTokens}::int,
      ${live ? request.tokens : 0}::bigint, ${live ? monthOf(request.createdAt) : null}::date,
      ${request.maxAttempts}::int, ${at}::timestamptz
    FROM reserved
    RETURNING id`;
}

async function refusal(db: DbOrTx, { orgId, plan, createdAt, tokens }: NewRequest) {
  const { limit, used, reserved } = await getTokenQuota(db, { orgId, plan, at: createdAt });
  return quotaExceeded({ at: createdAt, tokens, limit: limit ?? 0, used, reserved });
}
