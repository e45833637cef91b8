import { type Db, Prisma } from "../client";

/** The rows of each table that nothing reads any more. Each noun exports its own. */
export type ExpiredRows = Readonly<Record<string, Prisma.Sql>>;

const ROWS_A_STATEMENT = 5_000;

/** Deletes in short statements, so that no lock is held for long. Returns the number of rows deleted by table. */
export async function deleteExpiredRows(
  db: Db,
  expired: ExpiredRows,
  signal: AbortSignal,
): Promise<Record<string, number>> {
  const deleted: Record<string, number> = {};
  for (const [table, condition] of Object.entries(expired)) {
    const name = Prisma.raw(`"${table}"`);
    let count = ROWS_A_STATEMENT;
    while (count === ROWS_A_STATEMENT && !signal.aborted) {
      count = await db.$executeRaw`
        DELETE FROM ${name} WHERE ctid IN (SELECT ctid FROM ${name} WHERE ${condition} LIMIT ${ROWS_A_STATEMENT})`;
      deleted[table] = (deleted[table] ?? 0) + count;
    }
  }
  return deleted;
}
