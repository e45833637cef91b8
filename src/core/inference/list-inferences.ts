import { type DbOrTx, Prisma } from "../platform/db";
import { timeOfId } from "../platform/ids";
import type { Environment } from "../platform/principal";
import { decodeCursor, encodeCursor } from "./cursor";
import type { InferenceList, InferenceListItem, ListInferencesInput, RequestStatus } from "./schemas";
import { toErrorField, toHead, toUsageView } from "./views";

interface Row {
  id: string;
  created_at: Date;
  model: string;
  provider: string;
  environment: Environment;
  status: RequestStatus;
  started_at: Date | null;
  completed_at: Date | null;
  error_code: string | null;
  error_message: string | null;
  input_tokens: bigint | null;
  cached_input_tokens: bigint | null;
  output_tokens: bigint | null;
  reasoning_tokens: bigint | null;
  cost_micros: bigint | null;
}

/**
 * An organisation's requests, newest first, without content. Pages go by key, not by offset, so a page costs the same
 * however far down it is and new requests never shift it. @throws AppError `invalid_cursor`.
 */
export async function listInferences(
  db: DbOrTx,
  { orgId, limit, cursor, status, model }: ListInferencesInput & { orgId: string },
): Promise<InferenceList> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT r.*, u.input_tokens, u.cached_input_tokens, u.output_tokens, u.reasoning_tokens, u.cost_micros
    FROM (
      SELECT id, created_at, model, provider, environment::text, status::text, started_at, completed_at, error_code,
        error_message
      FROM inference_requests
      WHERE org_id = ${orgId}::uuid AND deleted_at IS NULL
        ${cursor === undefined ? Prisma.empty : afterSql(decodeCursor(cursor))}
        ${status === undefined ? Prisma.empty : Prisma.sql`AND status = ${status}::request_status`}
        ${model === undefined ? Prisma.empty : Prisma.sql`AND model = ${model}`}
      ORDER BY created_at DESC, id DESC
      LIMIT ${limit + 1}::int
    ) r
    LEFT JOIN usage_ledger u ON u.request_id = r.id AND u.created_at = r.created_at
    ORDER BY r.created_at DESC, r.id DESC`;
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  return {
    data: page.map(toListItem),
    next_cursor: rows.length > limit && last !== undefined ? encodeCursor(last.id) : null,
  };
}

/** The plain bound prunes partitions; the row comparison is exact within the millisecond. */
function afterSql(id: string): Prisma.Sql {
  const at = timeOfId(id).toISOString();
  return Prisma.sql`AND created_at <= ${at}::timestamptz AND (created_at, id) < (${at}::timestamptz, ${id}::uuid)`;
}

function toListItem(row: Row): InferenceListItem {
  const { input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, cost_micros } = row;
  return {
    ...toHead({ id: row.id, createdAt: row.created_at, model: row.model, status: row.status }),
    provider: row.provider,
    environment: row.environment,
    started_at: row.started_at?.toISOString() ?? null,
    completed_at: row.completed_at?.toISOString() ?? null,
    latency_ms: row.completed_at === null ? null : row.completed_at.getTime() - row.created_at.getTime(),
    usage:
      cost_micros === null
        ? null
        : toUsageView({
            inputTokens: input_tokens ?? 0n,
            cachedInputTokens: cached_input_tokens ?? 0n,
            outputTokens: output_tokens ?? 0n,
            reasoningTokens: reasoning_tokens ?? 0n,
          }),
    cost_micros: cost_micros === null ? null : Number(cost_micros),
    ...toErrorField({ errorCode: row.error_code, errorMessage: row.error_message }),
  };
}
