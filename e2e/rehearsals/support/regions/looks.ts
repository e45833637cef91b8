import { createDb, type Db } from "@agathaai/core/platform/db/client";
import { until } from "../../../../infra/testing/until";
import type { Load } from "./load";
import type { RegionPostgres } from "./region-postgres";

export async function onDatabase<T>(database: RegionPostgres, work: (db: Db) => Promise<T>): Promise<T> {
  const db = createDb({ url: database.url(), poolMax: 2 });
  try {
    return await work(db);
  } finally {
    await db.$disconnect();
  }
}

const one = <T extends object>(database: RegionPostgres, text: string, values: unknown[] = []) =>
  database.connected(async (sql) => {
    const { rows } = await sql.query<T>(text, values);
    const [first] = rows;
    if (first === undefined) throw new Error("no row");
    return first;
  });

export const lagOf = async (database: RegionPostgres) =>
  (
    await one<{ lag: number }>(
      database,
      "SELECT coalesce(max(extract(epoch FROM flush_lag)), 0)::float8 AS lag FROM pg_stat_replication",
    )
  ).lag;

export const supersededBy = async (database: RegionPostgres) =>
  (await one<{ by: number | null }>(database, "SELECT superseded_by AS by FROM cell_epoch")).by;

/** Everything that counts, of whoever asks: a fenced region adds nothing to it. */
export const countsOf = (database: RegionPostgres) =>
  one<{ requests: number; ledger: number; open: number }>(
    database,
    `SELECT (SELECT count(*)::int FROM inference_requests) AS requests, (SELECT count(*)::int FROM usage_ledger) AS ledger,
      (SELECT count(*)::int FROM open_calls) AS open`,
  );

export async function missingOf(database: RegionPostgres, accepted: Load["accepted"]): Promise<string[]> {
  const { ids } = await one<{ ids: string[] }>(
    database,
    "SELECT coalesce(array_agg(id::text), '{}') AS ids FROM unnest($1::uuid[]) AS id WHERE id NOT IN (SELECT id FROM inference_requests)",
    [[...accepted.keys()]],
  );
  return ids;
}

/** Once nothing is live any more: ledger rows, those of a request with two, and ended requests without one. */
export async function booksOf(database: RegionPostgres, orgId: string) {
  await until(
    async () =>
      (
        await one<{ live: number }>(
          database,
          "SELECT count(*)::int AS live FROM inference_requests WHERE org_id = $1 AND status IN ('queued', 'processing')",
          [orgId],
        )
      ).live === 0,
    400_000,
  );
  return await one<{ rows: number; doubled: number; without: number }>(
    database,
    `SELECT (SELECT count(*)::int FROM usage_ledger WHERE org_id = $1) AS rows,
      (SELECT count(*)::int FROM (SELECT request_id FROM usage_ledger WHERE org_id = $1 GROUP BY 1 HAVING count(*) > 1) d) AS doubled,
      (SELECT count(*)::int FROM inference_requests r WHERE r.org_id = $1 AND NOT EXISTS (SELECT FROM usage_ledger l WHERE l.request_id = r.id)) AS without`,
    [orgId],
  );
}
