import { QUEUE_ENDPOINT } from "../../../shared/endpoints";
import {
  type Clock,
  chooseEnvironment,
  type Db,
  type Environment,
  environmentsIn,
  ownOf,
  type Principal,
  type Reach,
  systemClock,
  toPublicId,
} from "../../platform";
import { asOrganization } from "../../platform/db/as-organization";
import { Prisma } from "../../platform/db/client";
import { andOwn } from "../../platform/db/rows/own-rows";
import { type Bounds, type ListQuery, readPage, withOldCreated } from "../../platform/list";
import { listedSince } from "../archive/retention-terms";
import { decryptMetadata, indexTokensToFind, type Metadata } from "../request/metadata";
import {
  endpointSchema,
  type HistoryItem,
  type HistoryList,
  type HistoryQuery,
  type RequestStatus,
} from "../schemas";
import { linksOf, toError, toHead, toUsageView } from "./views";

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
  error_param: string | null;
  metadata_cipher: Uint8Array | null;
  trace_id: string;
  endpoint: string;
  stored: boolean;
  input_tokens: bigint | null;
  cached_input_tokens: bigint | null;
  cache_write_tokens: bigint | null;
  long_cache_write_tokens: bigint | null;
  output_tokens: bigint | null;
  reasoning_tokens: bigint | null;
  cost_micros: bigint | null;
}

/** The list's filters besides time. */
type HistoryFilter = Omit<HistoryQuery, keyof ListQuery | "environment" | "created_after" | "created_before">;

/**
 * An organization's requests, newest first, without prompts and answers; those under `/v1` that were not stored from the
 * ledger. Pages go by key, not by offset: each costs the
 * same, reads only the months it spans, and neither repeats nor skips a request when new ones arrive.
 * @throws AppError `invalid_cursor`; `invalid_request` for a key that names the other environment.
 */
export async function listHistory(
  db: Db,
  { principal, query }: { principal: Principal; query: HistoryQuery },
  clock: Clock = systemClock,
): Promise<HistoryList> {
  const { orgId } = principal;
  const { limit, cursor, order, created, environment: asked, ...filter } = withOldCreated(query);
  const environment = chooseEnvironment(principal, asked);
  const own = ownOf(principal);
  const tokens = await indexTokensToFind(db, orgId, filter.metadata ?? {});
  const since = listedSince(clock.now());
  const { rows, next_cursor } = await readPage(
    { list: "history", owner: orgId, filter: { ...filter, environment } },
    { limit, cursor, order, created },
    (bounds) =>
      asOrganization(db, orgId, (tx) =>
        tx.$queryRaw<Row[]>(historySql({ orgId, environment, own, since }, filter, bounds, tokens)),
      ),
  );
  const metadata = await decryptMetadata(
    db,
    orgId,
    rows.map(({ id, metadata_cipher }) => ({ requestId: id, cipher: metadata_cipher })),
  );
  return {
    data: rows.map((row) => toItem(row, metadata.get(row.id) ?? {})),
    next_cursor,
    reaches_back_to: since.toISOString(),
  };
}

/**
 * Reads each environment in the order of its index, and only as far as the page needs. Ledger rows are looked up one by one, which the
 * `LIMIT 1` enforces: PostgreSQL would otherwise read all of a small organization's at once.
 */
export function historySql(
  { orgId, environment, own, since }: Reach & { since: Date },
  filter: HistoryFilter,
  { andSql, directionSql, take }: Bounds,
  /** For each metadata entry searched for, the blind-index tokens that a matching row may carry. */
  tokens: readonly (readonly Uint8Array[])[],
): Prisma.Sql {
  const listed = Prisma.sql`AND created_at >= ${since}::timestamptz`;
  const conditions = Prisma.join([listed, andSql, andOwn(own), ...filters(filter, tokens)], " ");
  const { endpoint } = filter;
  // Metadata is kept with stored calls alone.
  const alsoUnstored = endpoint !== QUEUE_ENDPOINT && tokens.length === 0;
  const page = Prisma.sql`ORDER BY created_at ${directionSql}, id ${directionSql} LIMIT ${take}::int`;
  const ofOne = (one: Environment) => Prisma.sql`(
      SELECT id, created_at, model, environment::text, status::text, api_key_id, completed_at, error_code,
        error_message, error_param, metadata_cipher, trace_id, coalesce(endpoint, ${QUEUE_ENDPOINT}) AS endpoint, true AS stored
      FROM inference_requests
      WHERE org_id = ${orgId}::uuid AND environment = ${one}::environment AND deleted_at IS NULL
        ${endpointSql(endpoint)} ${conditions}
      ${page}
    )`;
  const unstored = (one: Environment) => Prisma.sql`(
      SELECT id, created_at, model, environment::text, status::text, api_key_id, settled_at, NULL, NULL, NULL, NULL::bytea, '',
        endpoint, false
      FROM (SELECT request_id AS id, * FROM usage_ledger WHERE endpoint IS NOT NULL) u
      WHERE org_id = ${orgId}::uuid AND environment = ${one}::environment
        AND NOT EXISTS (SELECT FROM inference_requests r WHERE r.id = u.id AND r.created_at = u.created_at ${listed} ${andSql})
        ${endpointSql(endpoint)} ${conditions}
      ${page}
    )`;
  const environments = environmentsIn(environment);
  const sources = [...environments.map(ofOne), ...(alsoUnstored ? environments.map(unstored) : [])];
  return Prisma.sql`
    SELECT r.*, u.input_tokens, u.cached_input_tokens, u.cache_write_tokens, u.long_cache_write_tokens,
      u.output_tokens, u.reasoning_tokens, u.cost_micros
    FROM (
      SELECT * FROM (${Prisma.join(sources, " UNION ALL ")}) pages
      ${page}
    ) r
    LEFT JOIN LATERAL (
      SELECT * FROM usage_ledger l WHERE l.request_id = r.id AND l.created_at = r.created_at LIMIT 1
    ) u ON true
    ORDER BY r.created_at ${directionSql}, r.id ${directionSql}`;
}

function endpointSql(endpoint: HistoryFilter["endpoint"]): Prisma.Sql {
  if (endpoint === undefined) return Prisma.empty;
  if (endpoint === QUEUE_ENDPOINT) return Prisma.sql`AND endpoint IS NULL`;
  return Prisma.sql`AND endpoint = ${endpoint}`;
}

function* filters(filter: HistoryFilter, tokens: readonly (readonly Uint8Array[])[]): Generator<Prisma.Sql> {
  yield Prisma.empty;
  if (filter.model !== undefined) yield Prisma.sql`AND model = ${filter.model}`;
  if (filter.status !== undefined) yield Prisma.sql`AND status = ${filter.status}::request_status`;
  if (filter.api_key_id !== undefined) yield Prisma.sql`AND api_key_id = ${filter.api_key_id}::uuid`;
  if (filter.made_by !== undefined)
    yield filter.made_by === "person"
      ? Prisma.sql`AND api_key_id IS NULL`
      : Prisma.sql`AND api_key_id IS NOT NULL`;
  for (const alternatives of tokens) {
    const texts = alternatives.map((token) => `\\x${Buffer.from(token).toString("hex")}`);
    yield Prisma.sql`AND metadata_index && ${texts}::text[]::bytea[]`;
  }
}

function toItem(row: Row, metadata: Metadata): HistoryItem {
  const { cost_micros } = row;
  return {
    ...toHead({ ...row, createdAt: row.created_at, metadata }),
    endpoint: endpointSchema.parse(row.endpoint),
    stored: row.stored,
    api_key_id: row.api_key_id === null ? null : toPublicId("key", row.api_key_id),
    completed_at: row.completed_at?.toISOString() ?? null,
    usage:
      cost_micros === null
        ? null
        : toUsageView({
            inputTokens: row.input_tokens ?? 0n,
            cachedInputTokens: row.cached_input_tokens ?? 0n,
            cacheWriteTokens: row.cache_write_tokens ?? 0n,
            longCacheWriteTokens: row.long_cache_write_tokens ?? 0n,
            outputTokens: row.output_tokens ?? 0n,
            reasoningTokens: row.reasoning_tokens ?? 0n,
          }),
    cost_micros: cost_micros === null ? null : Number(cost_micros),
    latency_ms: row.completed_at === null ? null : row.completed_at.getTime() - row.created_at.getTime(),
    error: toError({
      errorCode: row.error_code,
      errorMessage: row.error_message,
      errorParam: row.error_param,
      traceId: row.trace_id,
    }),
    links: linksOf(row.id, row),
  };
}

/**
 * Whether the organization has ever completed a request, in either environment; deleted requests count. Reads newest
 * first, so for an active organization the index of the newest month is enough.
 */
export async function hasCompletedRequest(db: Db, { orgId }: { orgId: string }): Promise<boolean> {
  const rows = await db.$queryRaw<unknown[]>`
    (SELECT 1 FROM usage_ledger
    WHERE org_id = ${orgId}::uuid AND environment = 'live' AND status = 'completed'
    ORDER BY created_at DESC LIMIT 1)
    UNION ALL
    (SELECT 1 FROM usage_ledger
    WHERE org_id = ${orgId}::uuid AND environment = 'test' AND status = 'completed'
    ORDER BY created_at DESC LIMIT 1)
    LIMIT 1`;
  return rows.length > 0;
}
