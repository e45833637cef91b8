import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { draftMigration, readMigrationStatus } from "./compare-schema";
import { dropDatabase, withConnection, withDatabase } from "./database";
import { deployMigrations, resolveMigration } from "./deploy-migrations";

const ours = fileURLToPath(new URL("./migrations", import.meta.url));

let url: string;
let migrations: string;
let count = 0;

beforeEach(async () => {
  count += 1;
  const server = inject("sharedServices").databaseUrl;
  url = withDatabase(server, `migrate_${process.pid}_${count}`);
  migrations = await mkdtemp(join(tmpdir(), "migrations-"));
  await cp(ours, migrations, { recursive: true });
});

afterEach(async () => {
  await dropDatabase(url);
  await rm(migrations, { recursive: true, force: true });
});

async function addMigration(name: string, sql: string): Promise<void> {
  await mkdir(join(migrations, name));
  await writeFile(join(migrations, name, "migration.sql"), sql);
}

const tables = (): Promise<string[]> =>
  withConnection(url, async (client) => {
    const { rows } = await client.query(
      "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
    );
    return rows.map(({ name }) => name);
  });

describe("deploy", () => {
  it("creates the database, applies everything once, and finds nothing to do the second time", async () => {
    const first = await deployMigrations(url);
    expect(first.createdDatabase).toBe(true);
    expect(first.applied[0]).toBe("20261123000000_foundation");
    expect(await tables()).toContain("inference_requests");
    expect(await deployMigrations(url)).toMatchObject({ createdDatabase: false, applied: [] });
  });

  it("lets one of many processes migrate while the others wait for it", async () => {
    const deployments = await Promise.all(Array.from({ length: 5 }, () => deployMigrations(url)));
    const applied = deployments.map((deployment) => deployment.applied.length).sort();
    expect(applied.slice(0, 4)).toEqual([0, 0, 0, 0]);
    expect(applied[4]).toBeGreaterThan(0);
  });

  it("a migration is applied whole or not at all, and a failed one is named with the reason", async () => {
    await addMigration(
      "20990101000000_broken",
      "CREATE TABLE half (id int); CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$; SELECT nonsense;",
    );
    await expect(deployMigrations(url, migrations)).rejects.toThrow(
      /^The migration 20990101000000_broken failed and was undone: .*nonsense$/,
    );
    expect(await tables()).not.toContain("half");
    await expect(deployMigrations(url, migrations)).rejects.toThrow("20990101000000_broken");

    await writeFile(
      join(migrations, "20990101000000_broken", "migration.sql"),
      "CREATE TABLE half (id int);",
    );
    await resolveMigration(url, "20990101000000_broken");
    expect((await deployMigrations(url, migrations)).applied).toEqual(["20990101000000_broken"]);
  });

  it("writes the history that Prisma's own tools read", async () => {
    await deployMigrations(url);
    const rows = await withConnection(url, (client) =>
      client.query(
        "SELECT migration_name, finished_at, checksum FROM _prisma_migrations ORDER BY migration_name",
      ),
    );
    expect(rows.rows[0]).toMatchObject({
      migration_name: "20261123000000_foundation",
      finished_at: expect.any(Date),
      checksum: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });
});

describe("status", () => {
  it("names what is pending", async () => {
    await deployMigrations(url, migrations);
    await addMigration("20990101000000_later", "SELECT 1;");
    expect((await readMigrationStatus(url, migrations)).pending).toEqual(["20990101000000_later"]);
  });

  it("reports an edited and a missing migration", async () => {
    await addMigration("20990101000000_later", "SELECT 1;");
    await deployMigrations(url, migrations);
    await writeFile(join(migrations, "20990101000000_later", "migration.sql"), "SELECT 2;");
    expect((await readMigrationStatus(url, migrations)).problems).toEqual([
      "20990101000000_later was edited after it was applied",
    ]);
    await rm(join(migrations, "20990101000000_later"), { recursive: true });
    expect((await readMigrationStatus(url, migrations)).problems).toEqual([
      `20990101000000_later was applied but is not in ${migrations}`,
    ]);
  });
});

describe("new", () => {
  it("drafts what is missing between the migrations and schema.prisma, and leaves no database behind", async () => {
    await addMigration("20260101000000_before", "SELECT 1;");
    await addMigration("20990101000000_drops", 'DROP TABLE "stripe_events";');
    const file = await draftMigration(url, "bring_back", migrations);
    expect(file).toMatch(/\/\d{14}_bring_back\/migration\.sql$/);
    expect(await readFile(file, "utf8")).toContain('CREATE TABLE "stripe_events"');
    const { rows } = await withConnection(withDatabase(url, "postgres"), (client) =>
      client.query("SELECT datname FROM pg_database WHERE datname LIKE '%draft%'"),
    );
    expect(rows).toEqual([]);
  });

  it("takes names that make good folders only", async () => {
    await expect(draftMigration(url, "../evil", migrations)).rejects.toThrow("lower case");
  });
});
