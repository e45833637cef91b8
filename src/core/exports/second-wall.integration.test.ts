import { afterAll, beforeAll, expect, test } from "vitest";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { filled, openWalled } from "../../../infra/testing/walled-organizations";
import { flushAudit } from "../audit";
import { closeDb, db, Prisma } from "../platform/db/client";
import { readPage, walledTables } from "./archive/read-rows";
import { everyTable, rowsFor } from "./tables/every-table";

await useTestStack();
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
