import { z } from "zod";
import { type Clock, MINUTE, systemClock } from "../clock";
import type { Db, Tx } from "./client";

/**
 * A table partitioned by time, exported by the noun that owns it and collected in `core/upkeep`. Its retention is a
 * rule in the database: `partitions.retention`.
 */
export interface PartitionedTable {
  table: string;
  period: "month" | "week";
  /** How many periods ahead partitions are created. */
  ahead: number;
  /** Saves data of a partition that must outlive it, in the commit that drops it. */
  beforeDrop?: (tx: Tx, partition: string) => Promise<void>;
}

export interface MadePartitions {
  table: string;
  made: number;
}

/**
 * Creates partitions ahead of time. Idempotent, and safe in many processes at once: `partitions.ensure` takes an advisory
 * lock. The previous period's is created too: a request accepted in the last second of a month may be settled in the next.
 */
export async function maintainPartitions(
  db: Db,
  tables: readonly PartitionedTable[],
  clock: Clock = systemClock,
): Promise<MadePartitions[]> {
  const made: MadePartitions[] = [];
  for (const { table, period, ahead } of tables) {
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
  /** Locked when tried; the next run drops them. */
  postponed: string[];
}

/**
 * Drops each partition whose rows are all older than its table's retention. Dropping locks the parent table briefly; a
 * partition whose lock is not free within half a second is left for the next run.
 */
export async function dropExpiredPartitions(
  db: Db,
  tables: readonly PartitionedTable[],
  clock: Clock = systemClock,
): Promise<ExpiredPartitions> {
  const result: ExpiredPartitions = { dropped: [], postponed: [] };
  for (const table of tables) {
    for (const name of await expiredPartitions(db, table, clock.now())) {
      const dropped = await dropPartition(db, { table, name, now: clock.now() });
      result[dropped ? "dropped" : "postponed"].push(name);
    }
  }
  return result;
}

async function expiredPartitions(db: Db, { table }: PartitionedTable, now: Date): Promise<string[]> {
  const rows = await db.$queryRaw`
    SELECT name FROM partitions.expired(${table}, ${now}::timestamptz) AS e(name)`;
  return z
    .array(z.object({ name: z.string() }))
    .parse(rows)
    .map(({ name }) => name);
}

async function dropPartition(
  db: Db,
  { table: { table, beforeDrop }, name, now }: { table: PartitionedTable; name: string; now: Date },
): Promise<boolean> {
  try {
    await db.$transaction(
      async (tx) => {
        await tx.$executeRaw`SET LOCAL lock_timeout = '500ms'`;
        await beforeDrop?.(tx, name);
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
