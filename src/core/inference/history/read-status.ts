import { type Db, timeOfId } from "../../platform";
import { Gather } from "../../platform/concurrency/batching/gather";
import { queryNamed } from "../../platform/db/client";
import type { RequestKey } from "../request-row";
import type { StatusRow } from "./views";

type Row = Omit<StatusRow, "metadata"> & {
  metadataCipher: Uint8Array | null;
  /** Its content was removed, because its organization's retention had ended. */
  emptied: boolean;
};

/**
 * Callers poll for this row hundreds of times a second, so those who ask at the same moment share a statement; each finds only
 * what is within their own reach. LIMIT keeps the lookup one of one row by its key, whatever the planner thinks of the tables,
 * and the bounds leave the partitions of other months aside.
 */
const statusSql = `
  SELECT asked.nr::int AS nr, r.*
  FROM unnest($1::uuid[], $2::timestamptz[], $3::uuid[], $4::text[], $7::uuid[], $8::text[]) WITH ORDINALITY
    AS asked(id, created_at, org_id, environment, own_user, own_keys, nr)
  CROSS JOIN LATERAL (
    SELECT r.id, r.created_at AS "createdAt", r.model, r.status::text AS status, r.environment::text AS environment,
      r.started_at AS "startedAt", r.completed_at AS "completedAt", r.cancel_requested_at AS "cancelRequestedAt",
      r.error_code AS "errorCode", r.error_message AS "errorMessage", r.error_param AS "errorParam",
      r.trace_id AS "traceId", r.metadata_cipher AS "metadataCipher",
      r.input_cipher IS NULL AND r.result_cipher IS NULL AND r.completed_at IS NOT NULL AS emptied
    FROM inference_requests r
    WHERE r.id = asked.id AND r.created_at = asked.created_at AND r.org_id = asked.org_id AND r.deleted_at IS NULL
      AND r.created_at BETWEEN $5::timestamptz AND $6::timestamptz
      AND (asked.environment = 'all' OR r.environment::text = asked.environment)
      AND (asked.own_user IS NULL OR r.user_id = asked.own_user)
      AND (asked.own_keys IS NULL OR r.api_key_id = ANY (asked.own_keys::uuid[]))
    LIMIT 1
  ) r`;

const MAX_GROUP = 128;
const reads = new WeakMap<Db, Gather<RequestKey, Row | undefined>>();

/** Undefined for one that is deleted or out of reach. */
export function readStatus(db: Db, key: RequestKey): Promise<Row | undefined> {
  let gather = reads.get(db);
  if (gather === undefined) {
    gather = new Gather((keys) => readAll(db, keys), { maxSize: MAX_GROUP, maxRunning: 2 });
    reads.set(db, gather);
  }
  return gather.add(key);
}

async function readAll(db: Db, keys: readonly RequestKey[]): Promise<(Row | undefined)[]> {
  const times = keys.map(({ requestId }) => timeOfId(requestId).toISOString());
  const sorted = times.toSorted();
  const rows = await queryNamed<Row & { nr: number }>(db, {
    name: "read_status",
    text: statusSql,
    values: [
      keys.map(({ requestId }) => requestId),
      times,
      keys.map(({ orgId }) => orgId),
      keys.map(({ environment }) => environment),
      sorted[0],
      sorted.at(-1),
      keys.map(({ own }) => (own !== undefined && "userId" in own ? own.userId : null)),
      keys.map(({ own }) => (own !== undefined && "keyIds" in own ? `{${own.keyIds.join()}}` : null)),
    ],
  });
  const byNumber = new Map(rows.map((row) => [row.nr, row]));
  return keys.map((_, index) => byNumber.get(index + 1));
}
