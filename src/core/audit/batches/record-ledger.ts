import type { Db } from "../../platform";
import { transactNamed } from "../../platform/db/client";
import { appendEntries } from "../record/append-entries";
import { BATCH_OF_LEDGER_ROWS, draftBatch, signBatch } from "./batch";
import { grouped } from "./grouped";
import { ledgerText } from "./ledger-record";

const MAX_ROWS = 4_000;
const LAST_ID = "ffffffff-ffff-ffff-ffff-ffffffffffff";

interface WatermarkRow {
  xid: string;
  request_id: string;
  open_xid: string;
}

interface LedgerRow {
  id: string;
  org_id: string;
  xid: string;
  text: string;
}

/**
 * Records the ledger rows that are in no batch yet: an entry for each organization with rows. Rows are taken in the order of the
 * transactions that wrote them, up to the oldest that is still open: nothing can commit behind the watermark, which moves in the same commit as
 * the entries. So each row is in exactly one batch, whatever dies, and a writer of the ledger does nothing for it.
 *
 * Lock order: the watermark, then the heads of chains.
 */
export async function recordLedger(db: Db): Promise<{ rows: number; batches: number }> {
  const total = { rows: 0, batches: 0 };
  for (;;) {
    const { rows, batches } = await recordNext(db);
    total.rows += rows;
    total.batches += batches;
    if (rows < MAX_ROWS) return total;
  }
}

function recordNext(db: Db): Promise<{ rows: number; batches: number }> {
  return transactNamed(db, async (query) => {
    const [watermark] = await query<WatermarkRow>({
      name: "lock_audit_ledger_watermark",
      text: `SELECT xid, request_id, pg_snapshot_xmin(pg_current_snapshot())::text AS open_xid FROM audit_ledger_watermark FOR UPDATE SKIP LOCKED`,
      values: [],
    });
    // Another process is at it.
    if (watermark === undefined) return { rows: 0, batches: 0 };
    if (BigInt(watermark.open_xid) < BigInt(watermark.xid))
      throw new Error(
        "transactions are numbered anew: this database was restored, see the runbook of backups",
      );
    const rows = await query<LedgerRow>({
      name: "read_ledger_to_audit",
      text: `SELECT u.request_id AS id, u.org_id, u.settled_xid AS xid, ${ledgerText} AS text FROM usage_ledger u
        WHERE u.settled_xid >= $1::bigint AND (u.settled_xid, u.request_id) > ($1::bigint, $2::uuid) AND u.settled_xid < $3::bigint
        ORDER BY u.settled_xid, u.request_id LIMIT $4::int`,
      values: [watermark.xid, watermark.request_id, watermark.open_xid, MAX_ROWS],
    });
    const last = rows.at(-1);
    if (last === undefined) return { rows: 0, batches: 0 };
    const full = rows.length === MAX_ROWS;
    await query({
      name: "move_audit_ledger_watermark",
      text: "UPDATE audit_ledger_watermark SET xid = $1::bigint, request_id = $2::uuid",
      values: full ? [last.xid, last.id] : [String(BigInt(watermark.open_xid) - 1n), LAST_ID],
    });
    const entries = [...grouped(rows, (row) => row.org_id)].map(([orgId, own]) =>
      signBatch(draftBatch(orgId, BATCH_OF_LEDGER_ROWS, own)),
    );
    await appendEntries({ query }, entries);
    return { rows: rows.length, batches: entries.length };
  });
}
