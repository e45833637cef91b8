import { afterAll, beforeAll, expect, test } from "vitest";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { filled, openWalled } from "../../../infra/testing/walled-organizations";
import { flushAudit } from "../audit";
import { newId } from "../platform";
import { asOrganization } from "../platform/db/as-organization";
import { closeDb, createDb, db, Prisma } from "../platform/db/client";
import { pageSql, type RowsToRead, readPage, walledTables } from "./archive/read-rows";
import { everyTable, rowsFor } from "./tables/every-table";
import { requestTables } from "./tables/requests";

const stack = await useTestStack();
let orgs: string[];

beforeAll(async () => {
  orgs = [await openWalled(), await openWalled()];
  await flushAudit();
});
afterAll(closeDb);

test("an export whose condition is forgotten has no other organization's rows", async () => {
  const [orgId = ""] = orgs;
  for (const table of walledTables) {
    const spec = everyTable[table];
    const rows = spec && rowsFor(spec, "org");
    if (spec === undefined || rows === undefined || typeof rows === "string") throw new Error(table);
    const forgetful = { ...rows, where: () => Prisma.sql`true` };
    const columns = { ...spec.columns, org_id: { kind: "value" as const } };
    for (const environment of rows.byEnvironment ? ["live", "test"] : [undefined]) {
      const page = await readPage(
        db(),
        { table, spec: { columns }, rows: forgetful, subject: { type: "org", id: orgId } },
        { environment, after: undefined },
      );
      expect(
        page.filter((row) => row["org_id"] !== orgId),
        table,
      ).toEqual([]);
      if (filled.includes(table) && environment !== "test") expect(page.length, table).toBeGreaterThan(0);
    }
  }
});

test("an export reads every table behind the wall that has one", async () => {
  const rows = await db().$queryRaw<{ name: string }[]>`
    SELECT tablename::text AS name FROM pg_policies WHERE policyname = 'one_organization'
      AND has_any_column_privilege('agathaai_tenant', format('public.%I', tablename), 'SELECT') ORDER BY 1`;
  expect(rows.map(({ name }) => name)).toEqual([...walledTables].toSorted());
});

test("a page behind the wall is found by its index, however many rows of the organization lie before it", async () => {
  const orgId = newId();
  await db().$executeRaw`
    INSERT INTO usage_ledger (request_id, created_at, org_id, user_id, environment, model, provider, upstream_model, status, billable,
      input_tokens, output_tokens, price_version, cost_micros, latency_ms, settled_at)
    SELECT id, uuid_v7_time(id), ${orgId}::uuid, ${newId()}::uuid, (CASE WHEN n % 2 = 0 THEN 'test' ELSE 'live' END)::environment,
      'm', 'p', 'm', 'completed', true, 1, 1, 'p', 1, 1, uuid_v7_time(id)
    FROM (
      SELECT n, (left(${newId()}, 8) || '-' || lpad(to_hex(n), 4, '0') || '-7000-8000-000000000000')::uuid AS id
      FROM generate_series(1, 5000) n
    ) made`;
  // As autovacuum does in time.
  const owner = createDb({ url: stack.databaseUrl, poolMax: 1 });
  await owner.$executeRaw`ANALYZE usage_ledger`;
  await owner.$disconnect();
  const spec = requestTables.usage_ledger;
  const rows = rowsFor(spec, "org");
  if (typeof rows === "string") throw new Error(rows);
  const read: Omit<RowsToRead, "pace"> = {
    table: "usage_ledger",
    spec,
    rows,
    subject: { type: "org", id: orgId },
  };
  for (const environment of ["live", "test"]) {
    const first = await readPage(db(), read, { environment, after: undefined });
    const after = (await readPage(db(), read, { environment, after: first.at(-1) })).at(-1);
    const sql = pageSql(read, Prisma.sql`org_id = ${orgId}::uuid`, { environment, after });
    const plan = await asOrganization(db(), orgId, (tx) =>
      tx.$queryRaw<Record<string, string>[]>(
        Prisma.sql`EXPLAIN (ANALYZE, COSTS off, TIMING off, SUMMARY off, BUFFERS off) ${sql}`,
      ),
    );
    const lines = plan.map((row) => row["QUERY PLAN"] ?? "");
    const removed = lines.flatMap((line) => /Rows Removed by Filter: (\d+)/.exec(line)?.[1] ?? []);
    expect(lines.join("\n")).toMatch(/Index Cond: .*environment = /);
    // The row that the page before ended with.
    expect(removed.filter((count) => Number(count) > 1)).toEqual([]);
  }
});
