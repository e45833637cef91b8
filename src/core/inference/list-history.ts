import { type Db, Prisma } from "../platform/db";
import { chooseEnvironment, environmentsIn, type Reach } from "../platform/environment";
import { timeOfId, toPublicId } from "../platform/ids";
import type { Environment, Principal } from "../platform/principal";
import { decodeCursor, encodeCursor } from "./cursor";
import { metadataIndex, openMetadata } from "./metadata";
import type { HistoryItem, HistoryList, HistoryQuery, RequestStatus } from "./schemas";
import { linksOf, toErrorField, toHead, toUsageView } from "./views";

interface Row {
  id: string;
  created_at: Date;
  model: string;
  environment: Environment;
  status: RequestStatus;
  api_key_id: string | null;
  completed_at: Date | null;
  error_code: string | null;
  error_message: string | null;
  metadata_cipher: Uint8Array | null;
  input_tokens: bigint | null;
  cached_input_tokens: bigint | null;
  output_tokens: bigint | null;
  reasoning_tokens: bigint | null;
  cost_micros: bigint | null;
}

/**
 * An organisation's requests, newest first, without prompt and answer. Pages go by key, not by offset: each costs the
 * same however far down it is, reads only the months it spans, and never repeats or skips a request because new ones
 * came. @throws AppError `invalid_cursor`; `invalid_request` for a key that names the other environment.
 */
export async function listHistory(
  db: Db,
  { principal, query }: { principal: Principal; query: HistoryQuery },
): Promise<HistoryList> {
  const { orgId } = principal;
  const environment = chooseEnvironment(principal, query.environment);
  const rows = await db.$queryRaw<Row[]>(historySql({ orgId, environment }, query));
  const page = rows.slice(0, query.limit);
  const last = page.at(-1);
  const metadata = await openMetadata(
    db,
    orgId,
    page.map(({ id, metadata_cipher }) => ({ requestId: id, cipher: metadata_cipher })),
  );
  return {
    data: page.map((row) => toItem(row, metadata.get(row.id) ?? {})),
    next_cursor: rows.length > query.limit && last !== undefined ? encodeCursor(last.id) : null,
  };
}

/** Each environment is read by itself, in the order of its index, and only as far as a page needs. */
export function historySql({ orgId, environment }: Reach, query: HistoryQuery): Prisma.Sql {
  const conditions = Prisma.join([...filters(orgId, query)], " ", " ");
  const ofOne = (one: Environment) => Prisma.sql`(
      SELECT id, created_at, model, environment::text, status::text, api_key_id, completed_at, error_code,
        error_message, metadata_cipher
      FROM inference_requests
      WHERE org_id = ${orgId}::uuid AND environment = ${one}::environment AND deleted_at IS NULL ${conditions}
      ORDER BY created_at DESC, id DESC
      LIMIT ${query.limit + 1}::int
    )`;
  return Prisma.sql`
    SELECT r.*, u.input_tokens, u.cached_input_tokens, u.output_tokens, u.reasoning_tokens, u.cost_micros
    FROM (
      SELECT * FROM (${Prisma.join(environmentsIn(environment).map(ofOne), " UNION ALL ")}) pages
      ORDER BY created_at DESC, id DESC
      LIMIT ${query.limit + 1}::int
    ) r
    LEFT JOIN usage_ledger u ON u.request_id = r.id AND u.created_at = r.created_at
    ORDER BY r.created_at DESC, r.id DESC`;
}

/** Plain bounds on the time prune partitions; the row comparison is exact within the millisecond. */
function* filters(orgId: string, query: HistoryQuery): Generator<Prisma.Sql> {
  yield Prisma.empty;
  if (query.cursor !== undefined) {
    const id = decodeCursor(query.cursor);
    const at = timeOfId(id).toISOString();
    yield Prisma.sql`AND created_at <= ${at}::timestamptz AND (created_at, id) < (${at}::timestamptz, ${id}::uuid)`;
  }
  if (query.created_after !== undefined)
    yield Prisma.sql`AND created_at >= ${iso(query.created_after)}::timestamptz`;
  if (query.created_before !== undefined)
    yield Prisma.sql`AND created_at < ${iso(query.created_before)}::timestamptz`;
  if (query.model !== undefined) yield Prisma.sql`AND model = ${query.model}`;
  if (query.status !== undefined) yield Prisma.sql`AND status = ${query.status}::request_status`;
  if (query.api_key_id !== undefined) yield Prisma.sql`AND api_key_id = ${query.api_key_id}::uuid`;
  if (query.made_by !== undefined)
    yield query.made_by === "person"
      ? Prisma.sql`AND api_key_id IS NULL`
      : Prisma.sql`AND api_key_id IS NOT NULL`;
  const marks = metadataIndex(orgId, query.metadata ?? {});
  if (marks.length > 0) {
    const texts = marks.map((mark) => `\\x${Buffer.from(mark).toString("hex")}`);
    yield Prisma.sql`AND metadata_index @> ${texts}::text[]::bytea[]`;
  }
}

function iso(instant: string): string {
  return new Date(instant).toISOString();
}

function toItem(row: Row, metadata: Record<string, string>): HistoryItem {
  const { input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, cost_micros } = row;
  return {
    ...toHead({ id: row.id, createdAt: row.created_at, model: row.model, status: row.status }),
    api_key_id: row.api_key_id === null ? null : toPublicId("key", row.api_key_id),
    environment: row.environment,
    completed_at: row.completed_at?.toISOString() ?? null,
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
    latency_ms: row.completed_at === null ? null : row.completed_at.getTime() - row.created_at.getTime(),
    error: toErrorField({ errorCode: row.error_code, errorMessage: row.error_message }).error ?? null,
    metadata,
    links: linksOf(row.id),
  };
}
