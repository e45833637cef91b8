import { AppError, type Db } from "../../platform";
import {
  BARE_BYTES,
  type IndexKey,
  indexKeys,
  KEY_ID_BYTES,
} from "../../platform/crypto/blind-index/index-keys";
import { Prisma } from "../../platform/db/client";
import type { IndexedRow, IndexedRows } from "../../platform/db/rows/indexed-rows";
import { log } from "../../platform/observability/log";

const ROWS_A_PAGE = 100;
const AT_ONCE = 5;

export interface Reindexed {
  reindexed: number;
  /** Still under another key: their texts could not be decrypted. */
  failed: number;
}

/**
 * Writes the indexes of a table's rows under the current key, page by page. Safe to interrupt, to repeat and to run twice at
 * once, and beside writers: a row is changed only where it still holds what was read.
 * @throws AppError `service_unavailable` when the key service does not answer.
 */
export async function reindexRows(
  db: Db,
  { table, spec, signal }: { table: string; spec: IndexedRows; signal?: AbortSignal | undefined },
): Promise<Reindexed> {
  const done: Reindexed = { reindexed: 0, failed: 0 };
  for (let after: unknown; !signal?.aborted; ) {
    const rows = await readStale(db, table, spec, after);
    for (let at = 0; at < rows.length && !signal?.aborted; at += AT_ONCE) {
      const outcomes = await Promise.all(
        rows.slice(at, at + AT_ONCE).map((row) => reindexRow(db, table, spec, row)),
      );
      done.reindexed += outcomes.filter((outcome) => outcome === "reindexed").length;
      done.failed += outcomes.filter((outcome) => outcome === "failed").length;
    }
    after = rows.at(-1)?.id;
    if (rows.length < ROWS_A_PAGE) break;
  }
  return done;
}

/** How many rows of a table have an index that is not under the current key. */
export async function countStale(db: Db, table: string, spec: IndexedRows): Promise<number> {
  const [counted] = await db.$queryRaw<{ n: number }[]>`
    SELECT count(*)::int AS n FROM ${name(table)} t WHERE ${staleSql(spec)}`;
  return counted?.n ?? 0;
}

async function readStale(db: Db, table: string, spec: IndexedRows, after: unknown): Promise<IndexedRow[]> {
  const columns = Object.keys(spec.columns);
  const read = ["id", ...spec.reads, ...columns].map((column) => Prisma.sql`t.${name(column)}`);
  const flags = columns.map(
    (column) => Prisma.sql`${staleColumn(spec, column)} AS ${name(`stale ${column}`)}`,
  );
  const behind = after === undefined ? Prisma.empty : Prisma.sql`AND t.id > ${String(after)}::uuid`;
  return await db.$queryRaw<IndexedRow[]>`
    SELECT ${Prisma.join([...read, ...flags])} FROM ${name(table)} t
    WHERE ${staleSql(spec)} ${behind} ORDER BY t.id LIMIT ${ROWS_A_PAGE}`;
}

async function reindexRow(
  db: Db,
  table: string,
  spec: IndexedRows,
  row: IndexedRow,
): Promise<"reindexed" | "changed" | "failed"> {
  const stale = Object.keys(spec.columns).filter((column) => row[`stale ${column}`] === true);
  try {
    const made = await spec.indexesOf(db, row);
    const set = stale.map((column) => Prisma.sql`${name(column)} = ${made[column]}`);
    const unchanged = stale.map((column) => Prisma.sql`${name(column)} = ${row[column]}`);
    const count = await db.$executeRaw`
      UPDATE ${name(table)} SET ${Prisma.join(set)}
      WHERE id = ${String(row.id)}::uuid AND ${Prisma.join(unchanged, " AND ")}`;
    return count === 1 ? "reindexed" : "changed";
  } catch (error) {
    if (error instanceof AppError && error.code === "service_unavailable") throw error;
    // Erased since it was read.
    if (error instanceof AppError && error.code === "not_found") return "changed";
    log().error({ err: error, table, row: row.id }, "a row could not be indexed under the current key");
    return "failed";
  }
}

/** Of rows whose subject was not erased. */
function staleSql(spec: IndexedRows): Prisma.Sql {
  const stale = Object.keys(spec.columns).map((column) => staleColumn(spec, column));
  const { type, column } = spec.subject;
  return Prisma.sql`(${Prisma.join(stale, " OR ")}) AND NOT EXISTS (
    SELECT FROM data_keys k WHERE k.subject_type = ${type}::data_key_subject AND k.subject_id = t.${name(column)}
      AND k.destroyed_at IS NOT NULL)`;
}

function staleColumn({ columns }: IndexedRows, column: string): Prisma.Sql {
  const held = columns[column] ? Prisma.sql`(${Prisma.raw(columns[column])}) AND ` : Prisma.empty;
  return Prisma.sql`coalesce(${held}NOT ${isUnder(Prisma.sql`t.${name(column)}`, indexKeys().current)}, false)`;
}

/** Whether an index was made with the key. */
function isUnder(index: Prisma.Sql, { id }: IndexKey): Prisma.Sql {
  if (id.byteLength === 0) return Prisma.sql`(octet_length(${index}) = ${BARE_BYTES}::int)`;
  return Prisma.sql`(octet_length(${index}) = ${BARE_BYTES + KEY_ID_BYTES}::int
    AND substring(${index} from 1 for ${KEY_ID_BYTES}::int) = ${id})`;
}

const name = (text: string) => Prisma.raw(`"${text}"`);
