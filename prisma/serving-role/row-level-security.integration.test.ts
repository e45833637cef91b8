import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { until } from "../../infra/testing/until";
import { useTestStack } from "../../infra/testing/use-test-stack";
import { filled, openWalled, orgsIn } from "../../infra/testing/walled-organizations";
import { flushAudit } from "../../src/core/audit";
import { asOrganization } from "../../src/core/platform/db/as-organization";
import { closeDb, createDb, db, Prisma } from "../../src/core/platform/db/client";
import { refreshUsageStatistics } from "../../src/core/usage";

/** Two organizations with a row in each of the most sensitive tables. Connections are those of the role that serves. */
const stack = await useTestStack();
let orgs: string[];

/** Tables of one organization's rows that stand behind the wall. */
const walled = [
  "memberships",
  "custom_roles",
  "invitations",
  "api_keys",
  "service_accounts",
  "inference_requests",
  "usage_ledger",
  "usage_statistics_history",
  "generations",
  "open_calls",
  "audit_logs",
  "audit_calls",
  "webhook_endpoints",
  "webhook_deliveries",
  "oauth_grants",
  "data_exports",
];

/** Of those, what a tenant's role reads through a view, so that its statements may use every index. */
const views = ["inference_requests", "usage_ledger", "usage_statistics_history"];
const everywhere = [...walled.map((table) => `public.${table}`), ...views.map((view) => `tenant.${view}`)];

beforeAll(async () => {
  orgs = [await openWalled(), await openWalled()];
  await flushAudit();
});
afterAll(closeDb);

describe("row-level security", () => {
  test.each(everywhere)(
    "a query on %s that forgets its filter sees the rows of the caller's organization only",
    async (name) => {
      const table = name.split(".").at(-1) ?? name;
      for (const orgId of orgs) {
        const seen = await asOrganization(db(), orgId, (tx) => orgsIn(tx, name));
        expect(seen.filter(({ org_id }) => org_id !== orgId)).toEqual([]);
        if (filled.includes(table)) expect(seen).toEqual([{ org_id: orgId }]);
      }
      if (filled.includes(table)) {
        const all = (await orgsIn(db(), table)).map(({ org_id }) => org_id);
        expect(all).toEqual(expect.arrayContaining(orgs));
      }
    },
  );

  test.each(everywhere)("on %s it sees nothing where no organization is named", async (name) => {
    const seen = await db().$transaction(async (tx) => {
      await tx.$executeRaw`SET LOCAL ROLE agathaai_tenant`;
      return await orgsIn(tx, name);
    });
    expect(seen).toEqual([]);
  });

  test("a view of a table has all of its columns, and comes before it", async () => {
    const columnsIn = (schema: string) => db().$queryRaw<{ table: string; columns: string[] }[]>`
      SELECT c.relname::text AS "table", array_agg(a.attname::text ORDER BY a.attnum) AS columns
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      WHERE c.relnamespace = ${schema}::regnamespace AND c.relname = ANY(${views}) GROUP BY 1 ORDER BY 1`;
    expect(await columnsIn("tenant")).toEqual(await columnsIn("public"));
    const [orgId = ""] = orgs;
    const [found] = await asOrganization(
      db(),
      orgId,
      (tx) => tx.$queryRaw<{ kinds: string[] }[]>`
        SELECT array_agg(relkind::text) AS kinds FROM pg_class WHERE oid = ANY(${views}::text[]::regclass[])`,
    );
    expect(found).toEqual({ kinds: views.map(() => "v") });
  });

  test("the role of a tenant changes nothing, reads no hash of a secret, and ends with its transaction", async () => {
    const [orgId = ""] = orgs;
    const denied = (statement: Prisma.Sql) =>
      expect(asOrganization(db(), orgId, (tx) => tx.$queryRaw(statement))).rejects.toThrow(
        /permission denied/,
      );
    await denied(Prisma.sql`UPDATE memberships SET role = 'owner'`);
    await denied(Prisma.sql`DELETE FROM inference_requests`);
    await denied(Prisma.sql`SELECT secret_hash FROM api_keys`);
    await denied(Prisma.sql`SELECT secret_hash FROM service_accounts`);
    await denied(Prisma.sql`SELECT 1 FROM provider_keys`);
    await denied(Prisma.sql`SELECT 1 FROM users`);
    const rows = await db().$queryRaw<unknown[]>`
      SELECT current_user::text AS "role", coalesce(current_setting('agatha.org', true), '') AS "org"`;
    expect(rows).toEqual([{ role: "agathaai_app", org: "" }]);
  });

  test("a partition that is made later stands behind the wall of its table", async () => {
    const rows = await db().$queryRaw<{ open: bigint }[]>`
      SELECT count(*) AS open FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = 'partitions' AND has_table_privilege('agathaai_tenant', c.oid, 'SELECT')`;
    expect(rows).toEqual([{ open: 0n }]);
  });
});

describe("usage", () => {
  test.each(["tenant_usage_statistics_hourly", "tenant_usage_statistics_daily"])(
    "a query on %s that forgets its filter sees the caller's organization only, and nothing where none is named",
    async (view) => {
      const seenBy = (orgId: string) => asOrganization(db(), orgId, (tx) => orgsIn(tx, view));
      // A row is in them once nothing older is under way, in any database of the server.
      await until(async () => {
        await refreshUsageStatistics(db());
        return (await Promise.all(orgs.map(seenBy))).every((seen) => seen.length > 0);
      });
      for (const orgId of orgs) expect(await seenBy(orgId)).toEqual([{ org_id: orgId }]);
      expect(await orgsIn(db(), view)).toEqual([]);
    },
  );

  test("the views behind them are closed to a tenant", async () => {
    const [orgId = ""] = orgs;
    for (const view of ["usage_statistics_hourly", "usage_statistics_daily"]) {
      await expect(asOrganization(db(), orgId, (tx) => orgsIn(tx, view))).rejects.toThrow(
        /permission denied/,
      );
    }
  });
});

describe("the auditor's role", () => {
  const owner = createDb({ url: stack.databaseUrl, poolMax: 2 });
  afterAll(() => owner.$disconnect());

  test("reads the log and the ledger of every organization, and nothing else", async () => {
    const rights = await owner.$queryRaw<{ name: string; privilege: string }[]>`
      SELECT table_name::text AS name, privilege_type::text AS privilege FROM information_schema.role_table_grants
      WHERE grantee = 'agathaai_auditor' ORDER BY 1, 2`;
    const readable = [
      ...[
        "audit_archives",
        "audit_calls",
        "audit_chains",
        "audit_logs",
        "audit_moved_weeks",
        "audit_prunings",
      ],
      "usage_ledger",
    ];
    expect(rights).toEqual(readable.map((name) => ({ name, privilege: "SELECT" })));
    for (const table of ["audit_logs", "usage_ledger"]) {
      const seen = await owner.$transaction(async (tx) => {
        await tx.$executeRaw`SET LOCAL ROLE agathaai_auditor`;
        return await orgsIn(tx, table);
      });
      expect(seen.map(({ org_id }) => org_id)).toEqual(expect.arrayContaining(orgs));
    }
  });
});
