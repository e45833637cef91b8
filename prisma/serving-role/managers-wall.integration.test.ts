import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { useTestStack } from "../../infra/testing/use-test-stack";
import { fillManaged, openWalled, orgsIn } from "../../infra/testing/walled-organizations";
import { flushAudit } from "../../src/core/audit";
import { lockOrganization } from "../../src/core/orgs";
import { closeDb, createDb, db, Prisma, type Tx } from "../../src/core/platform/db/client";
import { leaveManagersWall } from "../../src/core/platform/db/manage-organization";

/** Two organizations with a row in each table that management changes. Connections are those of the role that serves. */
const stack = await useTestStack();
const owner = createDb({ url: stack.databaseUrl, poolMax: 2 });
let orgs: [string, string];

/** What each of these may have done to it in the manager's role, besides being read. */
const rights: Record<string, string> = {
  api_keys: "INSERT UPDATE",
  audit_streams: "DELETE INSERT UPDATE",
  custom_roles: "DELETE INSERT UPDATE",
  hipaa_decisions: "INSERT",
  invitations: "INSERT UPDATE",
  memberships: "UPDATE",
  oauth_apps: "DELETE INSERT UPDATE",
  organizations: "UPDATE",
  provider_keys: "DELETE INSERT UPDATE",
  response_caches: "INSERT UPDATE",
  service_accounts: "DELETE INSERT UPDATE",
  sub_processor_notices: "DELETE INSERT",
  webhook_deliveries: "INSERT UPDATE",
  webhook_endpoints: "DELETE INSERT UPDATE",
};
const tables = Object.keys(rights);
const mayBe = (what: string) => tables.filter((table) => rights[table]?.includes(what));
/** Of the person's, not of an organization's. */
const personal = { known_devices: "INSERT UPDATE" };

const orgColumn = (table: string) => Prisma.raw(table === "organizations" ? "id" : "org_id");
const named = (table: string) => Prisma.raw(`"${table}"`);

/** As every management write begins. */
const asManager = <T>(orgId: string, run: (tx: Tx) => Promise<T>) =>
  db().$transaction(async (tx) => {
    expect(await lockOrganization(tx, { orgId, userId: null })).toBe(true);
    return await run(tx);
  });

/** Whose rows a statement touched. It is taken back. */
async function touchedBy(orgId: string, statement: Prisma.Sql): Promise<(string | null)[]> {
  const undone = new Error("taken back");
  let touched: (string | null)[] = [];
  await asManager(orgId, async (tx) => {
    const rows = await tx.$queryRaw<{ org: string | null }[]>(statement);
    touched = [...new Set(rows.map(({ org }) => org))];
    throw undone;
  }).catch((error: unknown) => {
    if (error !== undone) throw error;
  });
  return touched;
}

/** A column that the manager's role may write. */
async function writable(table: string): Promise<Prisma.Sql> {
  const [row] = await owner.$queryRaw<{ name: string }[]>`
    SELECT attname::text AS name FROM pg_attribute WHERE attrelid = ${table}::regclass AND attnum > 0
      AND has_column_privilege('agathaai_manager', attrelid, attnum, 'UPDATE') ORDER BY attnum LIMIT 1`;
  if (row === undefined) throw new Error(`no column of ${table} may be written`);
  return Prisma.raw(`"${row.name}"`);
}

beforeAll(async () => {
  orgs = [await openWalled(), await openWalled()];
  for (const orgId of orgs) await fillManaged(orgId);
  await flushAudit();
});
afterAll(async () => {
  await owner.$disconnect();
  await closeDb();
});

describe("the manager's wall", () => {
  test.each(tables)(
    "a query on %s that forgets its filter sees the managed organization only",
    async (table) => {
      for (const orgId of orgs) {
        const seen = await touchedBy(
          orgId,
          Prisma.sql`SELECT ${orgColumn(table)}::text AS org FROM ${named(table)}`,
        );
        expect(seen).toEqual([orgId]);
      }
      expect(await everyOrgIn(table)).toEqual(expect.arrayContaining(orgs));
    },
  );

  test.each(mayBe("UPDATE"))(
    "an UPDATE of %s that forgets its filter changes the managed organization only",
    async (table) => {
      const column = await writable(table);
      for (const orgId of orgs) {
        const changed = await touchedBy(
          orgId,
          Prisma.sql`UPDATE ${named(table)} SET ${column} = ${column} RETURNING ${orgColumn(table)}::text AS org`,
        );
        expect(changed).toEqual([orgId]);
      }
    },
  );

  test.each(mayBe("DELETE"))(
    "a DELETE from %s that forgets its filter removes rows of the managed organization only",
    async (table) => {
      const [orgId] = orgs;
      const mine = () =>
        touchedBy(orgId, Prisma.sql`DELETE FROM ${named(table)} RETURNING ${orgColumn(table)}::text AS org`);
      // Somebody still has the role: what refers to it is in the way, as ever.
      if (table === "custom_roles") await owner.$executeRaw`UPDATE invitations SET custom_role_id = NULL`;
      expect(await mine()).toEqual([orgId]);
    },
  );

  test.each(mayBe("INSERT"))("an INSERT into %s for another organization is refused", async (table) => {
    const [orgId, other] = orgs;
    const insert = (org: string) =>
      asManager(orgId, (tx) =>
        tx.$executeRaw(Prisma.sql`INSERT INTO ${named(table)} (org_id) VALUES (${org}::uuid)`),
      );
    await expect(insert(other)).rejects.toThrow(/row-level security/);
    // Its own it may add to: what is wrong with this row is that it is empty, or there already.
    await expect(insert(orgId)).rejects.toThrow(/null/i);
  });

  test.each(tables)("no row of %s is moved to another organization", async (table) => {
    const [orgId, other] = orgs;
    const move = asManager(orgId, (tx) =>
      tx.$executeRaw(Prisma.sql`UPDATE ${named(table)} SET ${orgColumn(table)} = ${other}::uuid`),
    );
    await expect(move).rejects.toThrow(/permission denied/);
  });

  test.each(tables)("on %s it sees nothing where no organization is named", async (table) => {
    const seen = await db().$transaction(async (tx) => {
      await tx.$executeRaw`SET LOCAL ROLE agathaai_manager`;
      return await tx.$queryRaw<unknown[]>(Prisma.sql`SELECT ${orgColumn(table)} FROM ${named(table)}`);
    });
    expect(seen).toEqual([]);
  });

  test("its role may change these tables and no other, and each of them has the wall", async () => {
    const rows = await owner.$queryRaw<{ name: string; walled: boolean; may: string }[]>`
      SELECT c.relname::text AS name,
        c.relrowsecurity AND EXISTS (
          SELECT FROM pg_policies p WHERE p.schemaname = 'public' AND p.tablename = c.relname
            AND p.roles @> ARRAY['agathaai_manager']::name[] AND p.qual IS NOT NULL AND p.with_check IS NOT NULL
        ) AS walled,
        concat_ws(' ', CASE WHEN has_table_privilege('agathaai_manager', c.oid, 'DELETE') THEN 'DELETE' END,
          CASE WHEN has_any_column_privilege('agathaai_manager', c.oid, 'INSERT') THEN 'INSERT' END,
          CASE WHEN has_any_column_privilege('agathaai_manager', c.oid, 'UPDATE') THEN 'UPDATE' END) AS may
      FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace IN ('public'::regnamespace, 'partitions'::regnamespace)
      ORDER BY 1`;
    const changed = rows.filter(({ may }) => may !== "");
    expect(Object.fromEntries(changed.map(({ name, may }) => [name, may]))).toEqual({
      ...rights,
      ...personal,
    });
    expect(changed.filter(({ walled }) => !walled)).toEqual([]);
  });

  test("what it reads of tables without the wall is a plan, a sum and a few times", async () => {
    const rows = await owner.$queryRaw<{ column: string }[]>`
      SELECT c.relname || '.' || a.attname AS "column" FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
      WHERE c.relkind IN ('r', 'p', 'm', 'v') AND c.relnamespace IN ('public'::regnamespace, 'partitions'::regnamespace)
        AND has_column_privilege('agathaai_manager', c.oid, a.attnum, 'SELECT')
        AND NOT EXISTS (SELECT FROM pg_policies p WHERE p.tablename = c.relname AND p.roles @> ARRAY['agathaai_manager']::name[])
      ORDER BY 1`;
    expect(rows.map(({ column }) => column)).toEqual([
      ...["audit_chains.chain_id", "audit_chains.sequence"],
      ...["authenticators.confirmed_at", "authenticators.user_id"],
      ...["key_spend.key_id", "key_spend.month", "key_spend.org_id", "key_spend.spent_micros"],
      "passkeys.user_id",
      ...["sessions.id", "sessions.revoked_at", "sessions.stepped_up_at", "sessions.user_id"],
      ...["subscriptions.org_id", "subscriptions.plan"],
      ...["users.deleted_at", "users.email_index", "users.email_verified_at", "users.id"],
    ]);
  });

  test("it reads no data key and no device but the organization's and the manager's own", async () => {
    const [orgId, other] = orgs;
    const { userId } = await owner.membership.findFirstOrThrow({ where: { orgId } });
    const { userId: stranger } = await owner.membership.findFirstOrThrow({ where: { orgId: other } });
    for (const id of [userId, stranger]) {
      const at = new Date();
      await owner.knownDevice.create({
        data: { userId: id, device: new Uint8Array([1]), familiarAt: at, lastSeenAt: at },
      });
    }
    const seen = await db().$transaction(async (tx) => {
      await lockOrganization(tx, { orgId, userId });
      return [
        ...(await tx.$queryRaw<{ id: string }[]>`SELECT DISTINCT subject_id::text AS id FROM data_keys`),
        ...(await tx.$queryRaw<{ id: string }[]>`SELECT DISTINCT user_id::text AS id FROM known_devices`),
      ];
    });
    expect(seen.map(({ id }) => id).sort()).toEqual([orgId, userId, userId].sort());
  });

  test("it reads no secret that no change needs, nobody joins in its role, and both settings end with the transaction", async () => {
    const [orgId] = orgs;
    const denied = (statement: Prisma.Sql) =>
      expect(asManager(orgId, (tx) => tx.$queryRaw(statement))).rejects.toThrow(/permission denied/);
    await denied(Prisma.sql`SELECT token_hash FROM invitations`);
    await denied(Prisma.sql`SELECT key_cipher FROM provider_keys`);
    await denied(Prisma.sql`SELECT previous_secret_hash FROM service_accounts`);
    await denied(Prisma.sql`SELECT previous_secret_hash FROM oauth_apps`);
    await denied(Prisma.sql`SELECT payload FROM webhook_deliveries`);
    await denied(Prisma.sql`SELECT password_hash FROM users`);
    await denied(Prisma.sql`SELECT 1 FROM inference_requests`);
    await denied(Prisma.sql`INSERT INTO memberships (org_id) VALUES (${orgId}::uuid)`);
    await denied(Prisma.sql`DELETE FROM memberships`);
    await denied(Prisma.sql`UPDATE api_keys SET secret_hash = ''`);
    const [after] = await db().$queryRaw<unknown[]>`
      SELECT current_user::text AS "role", coalesce(current_setting('agatha.org', true), '') AS "org"`;
    expect(after).toEqual({ role: "agathaai_app", org: "" });
  });

  test("who leaves it says why, and has the first wall alone from there on", async () => {
    const [orgId] = orgs;
    const [after] = await asManager(orgId, async (tx) => {
      await leaveManagersWall(tx, "a test");
      return await tx.$queryRaw<
        unknown[]
      >`SELECT current_user::text AS "role", current_setting('agatha.org') AS "org",
        current_setting('agatha.beyond') AS "because", count(DISTINCT org_id) > 1 AS "open" FROM memberships`;
    });
    expect(after).toEqual({ role: "agathaai_app", org: "", because: "a test", open: true });
  });

  test("an organization that is deleted is neither locked nor managed", async () => {
    const orgId = await openWalled();
    await owner.organization.update({ where: { id: orgId }, data: { deletedAt: new Date() } });
    const [locked, role] = await db().$transaction(async (tx) => {
      const found = await lockOrganization(tx, { orgId, userId: null });
      const [row] = await tx.$queryRaw<{ role: string }[]>`SELECT current_user::text AS "role"`;
      return [found, row?.role];
    });
    expect([locked, role]).toEqual([false, "agathaai_app"]);
  });
});

const everyOrgIn = async (table: string) =>
  table === "organizations"
    ? (await owner.organization.findMany({ select: { id: true } })).map(({ id }) => id)
    : (await orgsIn(owner, table)).map(({ org_id }) => org_id);
