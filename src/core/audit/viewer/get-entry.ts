import { AppError, type Db, type DbOrTx, type Reach, timeOfId, toPublicId } from "../../platform";
import { asOrganization } from "../../platform/db/as-organization";
import { evidenceStorage, type Storage } from "../../platform/storage";
import type { AuditEntryDetail } from "../schemas";
import { type EntryRow, toEntryView } from "./entry-view";
import { environmentSql } from "./filter";
import { findArchivedEntry } from "./find-archived";

interface Row extends EntryRow {
  prev_hash: Uint8Array;
  hash: Uint8Array;
  batch_id: string | null;
}

/**
 * One entry, with its place in the chain: from its archive object where its week was moved. An API call has no hash of its own: it shows that
 * of its batch.
 * @throws AppError `not_found`.
 */
export async function getAuditEntry(
  db: Db,
  { store = evidenceStorage(), ...asked }: Reach & { id: string; store?: Pick<Storage, "get"> },
): Promise<AuditEntryDetail> {
  const row =
    (await asOrganization(db, asked.orgId, (tx) => readEntry(tx, asked))) ??
    (await findArchivedEntry(db, asked, { store }));
  if (row === undefined) throw new AppError("not_found", { public: "Audit entry not found.", param: "id" });
  return {
    ...toEntryView(row),
    chain: {
      prev_hash: toHex(row.prev_hash),
      hash: toHex(row.hash),
      batch_id: row.batch_id === null ? null : toPublicId("aud", row.batch_id),
    },
  };
}

async function readEntry(
  db: DbOrTx,
  { orgId, environment, id }: Reach & { id: string },
): Promise<Row | undefined> {
  const at = timeOfId(id).toISOString();
  const [row] = await db.$queryRaw<Row[]>`
    SELECT * FROM (
      SELECT id, created_at, sequence, actor_type, actor_id, action, target_type, target_id, trace_id, details, prev_hash, hash,
        NULL::uuid AS batch_id
      FROM audit_logs WHERE id = ${id}::uuid AND created_at = ${at}::timestamptz AND org_id = ${orgId}::uuid
      UNION ALL
      SELECT c.id, c.created_at, c.sequence, c.actor_type, c.actor_id, 'api.request', NULL, NULL, c.trace_id, c.details::jsonb,
        b.prev_hash, b.hash, b.id
      FROM audit_calls c JOIN audit_logs b ON b.org_id = c.org_id AND b.sequence = c.sequence
      WHERE c.org_id = ${orgId}::uuid AND c.created_at = ${at}::timestamptz AND c.id = ${id}::uuid
    ) e WHERE true ${environmentSql(environment)}
    LIMIT 1`;
  return row;
}

function toHex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("hex");
}
