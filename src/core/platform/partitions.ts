import { z } from "zod";
import { type Clock, systemClock } from "./clock";
import { type Db, Prisma } from "./db";

interface PartitionedTable {
  table: string;
  period: "month" | "week";
  /** Periods kept ready ahead of the present one. */
  ahead: number;
  /** A partition whose newest possible row is older than this goes, whole; undefined keeps it for ever. */
  retention?: string;
  /** What has to be noted of a partition's rows before they go, in the same commit. */
  beforeDrop?: (partition: Prisma.Sql) => Prisma.Sql;
}

/** Each chain learns how far it was pruned: rows missing up to there ended in order, rows missing after it did not. */
const notePrunedChains = (partition: Prisma.Sql) => Prisma.sql`
  WITH pruned AS (
    SELECT coalesce(org_id::text, 'system') AS chain_id, max(sequence) AS sequence FROM ${partition} GROUP BY 1
  ), held AS (
    SELECT c.chain_id FROM audit_chains c JOIN pruned USING (chain_id) ORDER BY c.chain_id FOR UPDATE OF c
  )
  UPDATE audit_chains c SET pruned_sequence = greatest(c.pruned_sequence, pruned.sequence)
  FROM pruned JOIN held USING (chain_id) WHERE c.chain_id = pruned.chain_id`;

/** SPEC §3.4 (partitioning) and §4.3 (retention). The ledger is the books: it is never dropped. */
export const partitionedTables: readonly PartitionedTable[] = [
  { table: "inference_requests", period: "month", ahead: 3, retention: "365 days" },
  { table: "usage_ledger", period: "month", ahead: 3 },
  { table: "audit_logs", period: "week", ahead: 6, retention: "7 years", beforeDrop: notePrunedChains },
];

export interface MadePartitions {
  table: string;
  made: number;
}

/**
 * Keeps partitions ready ahead of time. Idempotent, and safe from many processes at once: an advisory lock inside
 * `partitions.ensure` orders them. The previous period is kept too: what was accepted in the last second of a month
 * may be settled in the next.
 */
export async function maintainPartitions(db: Db, clock: Clock = systemClock): Promise<MadePartitions[]> {
  const made: MadePartitions[] = [];
  for (const { table, period, ahead } of partitionedTables) {
    const rows = await db.$queryRaw`
      SELECT partitions.ensure(
        ${table}, ${period},
        (${clock.now()}::timestamptz AT TIME ZONE 'UTC' - ${`1 ${period}`}::interval) AT TIME ZONE 'UTC',
        ${ahead + 1}::int
      ) AS made`;
    made.push({ table, made: madeSchema.parse(rows)[0].made });
  }
  return made;
}

const madeSchema = z.tuple([z.object({ made: z.number().int() })]);

export interface ExpiredPartitions {
  dropped: string[];
  /** Busy at the moment: the next run takes them. */
  postponed: string[];
}

/**
 * Ends retention (SPEC §4.3): drops each partition that holds nothing younger than its table keeps. Dropping locks the
 * parent for a moment; where that lock is not had within half a second nobody is kept waiting and the partition stays.
 */
export async function dropExpiredPartitions(db: Db, clock: Clock = systemClock): Promise<ExpiredPartitions> {
  const result: ExpiredPartitions = { dropped: [], postponed: [] };
  for (const { table, retention, beforeDrop } of partitionedTables) {
    if (retention === undefined) continue;
    for (const name of await expiredPartitions(db, table, retention, clock.now())) {
      const dropped = await dropPartition(db, table, name, beforeDrop);
      result[dropped ? "dropped" : "postponed"].push(name);
    }
  }
  return result;
}

/** The bounds are PostgreSQL's own, read in the session that printed them: no time zone can shift them. */
async function expiredPartitions(db: Db, table: string, retention: string, now: Date): Promise<string[]> {
  const rows = await db.$queryRaw`
    SELECT c.relname AS name
    FROM pg_inherits i
    JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = format('public.%I', ${table}::text)::regclass
      AND c.relnamespace = 'partitions'::regnamespace
      AND (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \\(''([^'']+)''\\)'))[1]::timestamptz
        <= (${now}::timestamptz AT TIME ZONE 'UTC' - ${retention}::interval) AT TIME ZONE 'UTC'
    ORDER BY c.relname`;
  return z
    .array(z.object({ name: z.string() }))
    .parse(rows)
    .map(({ name }) => name);
}

async function dropPartition(
  db: Db,
  table: string,
  name: string,
  beforeDrop: PartitionedTable["beforeDrop"],
): Promise<boolean> {
  const parent = Prisma.raw(`public."${table}"`);
  const partition = Prisma.raw(`partitions."${name.replaceAll('"', '""')}"`);
  try {
    await db.$transaction([
      db.$executeRaw`SET LOCAL lock_timeout = '500ms'`,
      ...(beforeDrop === undefined ? [] : [db.$executeRaw(beforeDrop(partition))]),
      db.$executeRaw`ALTER TABLE ${parent} DETACH PARTITION ${partition}`,
      db.$executeRaw`DROP TABLE ${partition}`,
    ]);
    return true;
  } catch (error) {
    if (isLockTimeout(error)) return false;
    throw error;
  }
}

function isLockTimeout(error: unknown): boolean {
  return error instanceof Error && error.message.includes("55P03");
}
