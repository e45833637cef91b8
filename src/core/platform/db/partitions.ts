import { z } from "zod";
import { type Clock, MINUTE, systemClock } from "../clock";
import type { Db, Tx } from "./client";

interface PartitionedTable {
  table: string;
  period: "month" | "week";
  /** Periods kept ready ahead of the present one. */
  ahead: number;
}

/** SPEC §3.4 (partitioning). How long each is kept is the database's own rule: `partitions.retention`. */
export const partitionedTables: readonly PartitionedTable[] = [
  { table: "inference_requests", period: "month", ahead: 3 },
  { table: "usage_ledger", period: "month", ahead: 3 },
  { table: "audit_logs", period: "week", ahead: 6 },
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

/** What has to be noted of a partition's rows before they go, in the same commit, by table. */
export type BeforeDrop = Readonly<Record<string, (tx: Tx, partition: string) => Promise<void>>>;

/**
 * Ends retention (SPEC §4.3): drops each partition that holds nothing younger than its table keeps. Dropping locks the
 * parent for a moment; where that lock is not had within half a second nobody is kept waiting and the partition stays.
 */
export async function dropExpiredPartitions(
  db: Db,
  { beforeDrop = {}, clock = systemClock }: { beforeDrop?: BeforeDrop; clock?: Clock } = {},
): Promise<ExpiredPartitions> {
  const result: ExpiredPartitions = { dropped: [], postponed: [] };
  for (const { table } of partitionedTables) {
    for (const name of await expiredPartitions(db, table, clock.now())) {
      const dropped = await dropPartition(db, { table, name, now: clock.now(), note: beforeDrop[table] });
      result[dropped ? "dropped" : "postponed"].push(name);
    }
  }
  return result;
}

async function expiredPartitions(db: Db, table: string, now: Date): Promise<string[]> {
  const rows = await db.$queryRaw`
    SELECT name FROM partitions.expired(${table}, ${now}::timestamptz) AS e(name)`;
  return z
    .array(z.object({ name: z.string() }))
    .parse(rows)
    .map(({ name }) => name);
}

async function dropPartition(
  db: Db,
  {
    table,
    name,
    now,
    note,
  }: { table: string; name: string; now: Date; note: BeforeDrop[string] | undefined },
): Promise<boolean> {
  try {
    await db.$transaction(
      async (tx) => {
        await tx.$executeRaw`SET LOCAL lock_timeout = '500ms'`;
        await note?.(tx, name);
        await tx.$executeRaw`SELECT partitions.drop_expired(${table}, ${name}, ${now}::timestamptz)`;
      },
      { timeout: 5 * MINUTE },
    );
    return true;
  } catch (error) {
    if (isLockTimeout(error)) return false;
    throw error;
  }
}

function isLockTimeout(error: unknown): boolean {
  return error instanceof Error && error.message.includes("55P03");
}
