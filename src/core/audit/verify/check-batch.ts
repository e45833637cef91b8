import { z } from "zod";
import { DAY, type Db, timeOfId, toPublicId } from "../../platform";
import { constantTimeEqual } from "../../platform/crypto/hash";
import { Prisma } from "../../platform/db/client";
import type { ArchivedCalls } from "../archives/archived-chain";
import { KEPT_YEARS } from "../archives/moving/week";
import { BATCH_OF_CALLS, BATCH_OF_LEDGER_ROWS, isBatch, unpackLeaves } from "../batches/batch";
import { callText } from "../batches/call-record";
import { ledgerText } from "../batches/ledger-record";
import { leafHash, merkleRoot } from "../batches/merkle";
import type { CallRecord } from "../record/entry";
import { type ChainFault, type ChainRow, faultAt } from "./chain-walk";

/** A record may stand in the week before its batch's. */
const A_WEEK_AND_MORE = 8 * DAY;

/** Older rows may have been dropped by retention. */
export function keptSince(now: Date): Date {
  const since = new Date(now);
  since.setUTCFullYear(since.getUTCFullYear() - KEPT_YEARS);
  return since;
}

const detailsSchema = z.object({ count: z.number(), root: z.string() });

/**
 * Of an entry that is intact itself and stands for a batch: whether its leaves are those that its root was made of, and every record is
 * what its leaf was made of. The message names the first record that is not. Calls of weeks that were moved are read from their objects.
 * @throws ArchiveFault.
 */
export async function checkBatch(
  db: Db,
  row: ChainRow,
  { archived, ledger }: { archived: ArchivedCalls; ledger?: LedgerCount | undefined },
): Promise<ChainFault | undefined> {
  const { action, leaves: packed, details, orgId } = row;
  if (!isBatch(action) || orgId === null) return undefined;
  const batch = detailsSchema.safeParse(details);
  const leaves = unpackLeaves(packed ?? new Uint8Array());
  if (
    !batch.success ||
    leaves === undefined ||
    leaves.length !== batch.data.count ||
    !hasRoot(leaves, batch.data.root)
  )
    return faultAt("changed", row, "its leaves are not those that its root was made of");
  const ids = leaves.map(({ id }) => id);
  const texts =
    action === BATCH_OF_CALLS
      ? await readCalls(db, row, orgId, ids)
      : await readLedger(db, orgId, ids, ledger);
  if (action === BATCH_OF_CALLS) {
    const elsewhere = ids.filter((id) => !texts.has(id));
    for (const call of await archived.find(elsewhere)) texts.set(call.id, callText(call));
  }
  const mayBeGone =
    action === BATCH_OF_CALLS && row.createdAt.getTime() < keptSince(new Date()).getTime() + A_WEEK_AND_MORE;
  for (const { id, hash } of leaves) {
    const text = texts.get(id);
    if (text === undefined) {
      if (mayBeGone) continue;
      return faultAt("removed", row, `${nameOf(action, id)} of its batch is missing`);
    }
    if (!constantTimeEqual(leafHash(text), hash))
      return faultAt("changed", row, `${nameOf(action, id)} of its batch is not what was recorded`);
  }
  return undefined;
}

function hasRoot(leaves: readonly { hash: Uint8Array }[], root: string): boolean {
  return constantTimeEqual(merkleRoot(leaves.map(({ hash }) => hash)), Buffer.from(root, "hex"));
}

function nameOf(action: string, id: string): string {
  return action === BATCH_OF_CALLS ? `call ${toPublicId("aud", id)}` : `ledger row ${toPublicId("inf", id)}`;
}

function timesOf(ids: readonly string[]): { from: string; to: string } {
  const times = ids.map((id) => timeOfId(id).getTime());
  return { from: new Date(Math.min(...times)).toISOString(), to: new Date(Math.max(...times)).toISOString() };
}

/** Of batches in objects: since when rows are in batches, and how many that were settled since are in these. */
export interface LedgerCount {
  since: Date;
  rows: bigint;
}

async function readLedger(
  db: Db,
  orgId: string,
  ids: string[],
  count: LedgerCount | undefined,
): Promise<Map<string, string>> {
  const { from, to } = timesOf(ids);
  const rows = await db.$queryRaw<{ id: string; text: string; settledAt: Date }[]>`
    SELECT u.request_id AS id, u.settled_at AS "settledAt", ${Prisma.raw(ledgerText)} AS text FROM usage_ledger u
    WHERE u.org_id = ${orgId}::uuid AND u.request_id = ANY(${ids}::uuid[])
      AND u.created_at BETWEEN ${from}::timestamptz AND ${to}::timestamptz`;
  if (count !== undefined)
    count.rows += BigInt(rows.filter(({ settledAt }) => settledAt >= count.since).length);
  return new Map(rows.map(({ id, text }) => [id, text]));
}

async function readCalls(
  db: Db,
  { sequence }: ChainRow,
  orgId: string,
  ids: string[],
): Promise<Map<string, string>> {
  const { from, to } = timesOf(ids);
  const rows = await db.$queryRaw<CallRecord[]>`
    SELECT id, created_at AS "createdAt", org_id AS "orgId", actor_type AS "actorType", actor_id AS "actorId", trace_id AS "traceId", details
    FROM audit_calls
    WHERE org_id = ${orgId}::uuid AND created_at BETWEEN ${from}::timestamptz AND ${to}::timestamptz AND sequence = ${sequence}::bigint`;
  return new Map(rows.map((row) => [row.id, callText(row)]));
}

/**
 * A call or a ledger row that no batch of the organization holds: it was not written by us. Ledger rows from before the first batch are not
 * covered. Of batches in objects, whose rows were all found, their number is compared.
 */
export async function findOutsideBatches(
  db: Db,
  orgId: string | null,
  inObjects: LedgerCount | undefined,
): Promise<ChainFault | undefined> {
  if (orgId === null) return undefined;
  const since = keptSince(new Date()).toISOString();
  const [call] = await db.$queryRaw<{ sequence: bigint; id: string }[]>`
    SELECT c.sequence, max(c.id::text) AS id
    FROM audit_calls c
    LEFT JOIN audit_logs a ON a.org_id = c.org_id AND a.sequence = c.sequence AND a.action = ${BATCH_OF_CALLS}
    WHERE c.org_id = ${orgId}::uuid AND c.created_at > ${since}::timestamptz
    GROUP BY c.sequence, a.details
    HAVING a.details IS NULL OR count(*) > (a.details->>'count')::bigint
    LIMIT 1`;
  if (call !== undefined) return faultAt("inserted", call, "no batch holds so many calls, or this one");
  const firstBatchAt = inObjects?.since.toISOString() ?? null;
  const [row] = await db.$queryRaw<{ id: string; rows: bigint }[]>`
    WITH batches AS (
      SELECT created_at, leaves FROM audit_logs WHERE org_id = ${orgId}::uuid AND action = ${BATCH_OF_LEDGER_ROWS}
    )
    SELECT max(u.request_id::text) AS id, count(*) AS rows FROM usage_ledger u, audit_ledger_watermark m
    WHERE u.org_id = ${orgId}::uuid AND (u.settled_xid, u.request_id) <= (m.xid, m.request_id)
      AND u.settled_at >= coalesce(${firstBatchAt}::timestamptz, (SELECT min(created_at) FROM batches))
      AND u.request_id NOT IN (
        SELECT encode(substring(leaves FROM at * 48 + 1 FOR 16), 'hex')::uuid
        FROM batches, generate_series(0, length(leaves) / 48 - 1) AS at
      )`;
  const expected = inObjects?.rows ?? 0n;
  if (row === undefined || row.rows <= expected) return undefined;
  const message =
    inObjects === undefined
      ? `ledger row ${toPublicId("inf", row.id)} is in no batch`
      : `${row.rows - expected} ledger rows since ${firstBatchAt} are in no batch`;
  return { kind: "inserted", sequence: 0n, id: null, message };
}
