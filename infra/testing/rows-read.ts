import type { Db } from "../../src/core/platform";
import type { Prisma } from "../../src/core/platform/db/client";

interface Plan {
  "Node Type": string;
  "Actual Rows": number;
  "Actual Loops": number;
  "Rows Removed by Filter"?: number;
  Plans?: Plan[];
}

/** How many rows of tables and indexes a statement reads. It is run: take a transaction that is rolled back for one that writes. */
export async function rowsRead(on: Pick<Db, "$queryRawUnsafe">, sql: Prisma.Sql): Promise<number> {
  const rows = await on.$queryRawUnsafe<{ "QUERY PLAN": { Plan: Plan }[] }[]>(
    `EXPLAIN (ANALYZE, FORMAT JSON) ${sql.text}`,
    ...sql.values,
  );
  return rows.flatMap((row) => row["QUERY PLAN"]).reduce((sum, { Plan: plan }) => sum + readBy(plan), 0);
}

function readBy(plan: Plan): number {
  const isOfTable = plan["Node Type"].includes("Scan") && !/Function|CTE/.test(plan["Node Type"]);
  const own = isOfTable
    ? (plan["Actual Rows"] + (plan["Rows Removed by Filter"] ?? 0)) * plan["Actual Loops"]
    : 0;
  return (plan.Plans ?? []).reduce((sum, part) => sum + readBy(part), own);
}
