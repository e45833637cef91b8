import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makeUser, principalOf } from "../infra/testing/make-user";
import { useTestStack } from "../infra/testing/use-test-stack";
import { flushAudit } from "../src/core/audit";
import { readPage, walledTables } from "../src/core/exports/archive/read-rows";
import { everyTable, rowsFor } from "../src/core/exports/tables/every-table";
import { cancelInference, submitInference } from "../src/core/inference";
import { createKey } from "../src/core/keys";
import { DAY, fromPublicId, newId, reachOf } from "../src/core/platform";
import { asOrganization } from "../src/core/platform/db/as-organization";
import { closeDb, createDb, db, Prisma } from "../src/core/platform/db/client";
import { readUsageCells } from "../src/core/usage/statistics/read-usage-cells";
import { refreshUsageStatistics } from "../src/core/usage/statistics/refresh-usage-statistics";
import { mergedSql, usageSources } from "../src/core/usage/statistics/usage-sql";

/** Two organizations with a row in each of the most sensitive tables. Connections are those of the role that serves. */
const stack = await useTestStack();
let orgs: string[];

/** Tables of one organization's rows that stand behind the wall. */
const walled = [
  "memberships",
  "custom_roles",
  "invitations",
  "api_keys",
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
const filled = [
  "memberships",
  "api_keys",
  "inference_requests",
  "usage_ledger",
  "audit_logs",
  "webhook_endpoints",
  "data_exports",
];

async function open(): Promise<string> {
  const { orgId, claims } = await makeUser({ verified: true });
  const principal = await principalOf(claims);
  await createKey(db(), { principal, input: { name: "K", environment: "live" } });
  const { accepted } = await submitInference(
    db(),
    { send: async () => undefined },
    {
      principal,
      input: { model: "gpt-4o", prompt: "Hello", max_tokens: 8 },
      traceId: "t",
    },
  );
  // Its end is in the ledger.
  await cancelInference(db(), { ...reachOf(principal), requestId: fromPublicId("inf", accepted.id) });
  const now = new Date();
  await db().webhookEndpoint.create({
    data: {
      id: newId(),
      orgId,
      url: "https://example.org/",
      events: [],
      secretCipher: new Uint8Array(1),
      createdAt: now,
      updatedAt: now,
    },
  });
  await db().dataExport.create({
    data: {
      id: newId(),
      subjectType: "org",
      subjectId: orgId,
      requestedBy: principal.userId,
      orgId,
      nextAttemptAt: now,
      createdAt: now,
    },
  });
  return orgId;
}

beforeAll(async () => {
  orgs = [await open(), await open()];
  await flushAudit();
});
afterAll(closeDb);

/** A query that forgets its filter. */
const orgsIn = (client: { $queryRaw: ReturnType<typeof db>["$queryRaw"] }, table: string) =>
  client.$queryRaw<{ org_id: string | null }[]>(
    Prisma.sql`SELECT DISTINCT org_id::text FROM ${Prisma.raw(`"${table}"`)} ORDER BY 1`,
  );

describe("row-level security", () => {
  test.each(walled)(
    "a query on %s that forgets its filter sees the rows of the caller's organization only",
    async (table) => {
      for (const orgId of orgs) {
        const seen = await asOrganization(db(), orgId, (tx) => orgsIn(tx, table));
        expect(seen.filter(({ org_id }) => org_id !== orgId)).toEqual([]);
        if (filled.includes(table)) expect(seen).toEqual([{ org_id: orgId }]);
      }
      if (filled.includes(table)) {
        const all = (await orgsIn(db(), table)).map(({ org_id }) => org_id);
        expect(all).toEqual(expect.arrayContaining(orgs));
      }
    },
  );

  test.each(walled)("on %s it sees nothing where no organization is named", async (table) => {
    const seen = await db().$transaction(async (tx) => {
      await tx.$executeRaw`SET LOCAL ROLE agathaai_tenant`;
      return await orgsIn(tx, table);
    });
    expect(seen).toEqual([]);
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
  const ask = (orgId: string) => ({
    orgId,
    environment: "live" as const,
    interval: "day" as const,
    from: new Date(Date.now() - 400 * DAY),
    to: new Date(Date.now() + DAY),
  });

  test.each(["tenant_usage_statistics_hourly", "tenant_usage_statistics_daily"])(
    "a query on %s that forgets its filter sees the caller's organization only, and nothing where none is named",
    async (view) => {
      await refreshUsageStatistics(db());
      for (const orgId of orgs) {
        expect(await asOrganization(db(), orgId, (tx) => orgsIn(tx, view))).toEqual([{ org_id: orgId }]);
      }
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

  test("a chart that asks for another organization's figures gets none, of any source", async () => {
    const [orgId = "", other = ""] = orgs;
    expect(await readUsageCells(db(), ask(orgId))).toHaveLength(1);
    // The boundary at any place: views, history and the ledger's tail each answer once.
    for (const boundary of [new Date(0), new Date(Date.now() + 30 * DAY)]) {
      for (const interval of ["day", "hour"] as const) {
        const sources = usageSources(
          { ...ask(other), interval },
          { boundary, historyXid: 0n, recentXid: 0n },
        );
        const [row] = await asOrganization(db(), orgId, (tx) =>
          tx.$queryRaw<{ cells: string }[]>(mergedSql(sources)),
        );
        expect(row?.cells).toBe("[]");
      }
    }
  });

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
