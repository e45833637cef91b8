import type { Db, Environment } from "../../platform";
import type { RequestStatus } from "../schemas";
import { isTerminal } from "../schemas";

/** What one object holds at most, so that reading one request costs little. */
export interface BatchLimits {
  requests: number;
  bytes: number;
}

export const batchLimits: BatchLimits = { requests: 500, bytes: 8 * 1024 * 1024 };

export interface Batch {
  ids: string[];
  deletedIds: string[];
}

export interface Scope {
  orgId: string;
  environment: Environment;
}

interface Row {
  id: string;
  status: RequestStatus;
  deleted: boolean;
  bytes: number;
}

/**
 * The next requests behind `after` that are past their time, oldest first. It ends before one that has not ended yet, which
 * then holds back those behind it: nothing is passed over.
 */
export async function nextBatch(
  db: Db,
  { orgId, environment }: Scope,
  { after, before }: { after: string | undefined; before: Date },
  limits: BatchLimits,
): Promise<Batch> {
  const first = after ?? "00000000-0000-7000-8000-000000000000";
  const rows = await db.$queryRaw<Row[]>`
    SELECT id, status::text AS status, deleted_at IS NOT NULL AS deleted,
      (coalesce(octet_length(input_cipher), 0) + coalesce(octet_length(result_cipher), 0))::int AS bytes
    FROM inference_requests
    WHERE org_id = ${orgId}::uuid AND environment = ${environment}::environment
      AND created_at < ${before}::timestamptz AND created_at >= uuid_v7_time(${first}::uuid)
      AND (created_at, id) > (uuid_v7_time(${first}::uuid), ${first}::uuid)
    ORDER BY created_at, id LIMIT ${limits.requests}::int`;
  const batch: Batch = { ids: [], deletedIds: [] };
  let bytes = 0;
  for (const row of rows) {
    if (!isTerminal(row.status)) break;
    bytes += row.bytes;
    if (bytes > limits.bytes && batch.ids.length > 0) break;
    batch.ids.push(row.id);
    if (row.deleted) batch.deletedIds.push(row.id);
  }
  return batch;
}

/**
 * The organizations, by environment, that have requests older than `before`, one after the other behind `after`. The index is
 * read from one to the next, not row by row.
 */
export async function nextScope(
  db: Db,
  { before, after }: { before: Date; after: Scope | undefined },
): Promise<Scope | undefined> {
  const orgId = after?.orgId ?? "00000000-0000-0000-0000-000000000000";
  const [scope] = await db.$queryRaw<Scope[]>`
    SELECT org_id AS "orgId", environment::text AS environment FROM inference_requests
    WHERE created_at < ${before}::timestamptz
      AND (org_id, environment) > (${orgId}::uuid, ${after?.environment ?? "live"}::environment)
    ORDER BY org_id, environment LIMIT 1`;
  return scope;
}
