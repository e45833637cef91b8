import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, inject, it } from "vitest";
import { migrateUnderLoad } from "../e2e/load/migrations/migrate-under-load";
import { dropDatabase, withConnection, withDatabase } from "./database";
import { deployMigrations } from "./deploy-migrations";
import { newMigrations } from "./migration-rules";

const ours = fileURLToPath(new URL("./migrations", import.meta.url));
/** Longer than a busy machine holds up a statement that waits for nothing. */
const BLOCKED_MS = 800;

let url: string;
let migrations: string;
let count = 0;

beforeEach(async () => {
  count += 1;
  url = withDatabase(inject("sharedServices").databaseUrl, `under_load_${process.pid}_${count}`);
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
const underLoad = () =>
  migrateUnderLoad({ databaseUrl: url, rows: 6_000, blockedMs: BLOCKED_MS }, migrations);
const PARTITIONED = `-- squawk-ignore require-concurrent-index-creation
CREATE INDEX "usage_ledger_latency_idx" ON ONLY "usage_ledger" ("latency_ms");`;

describe("migrations of an installation at work", () => {
  it("those newer than the baseline hold up no statement of any table", async () => {
    const { applied, blocked, statements } = await underLoad();
    expect(applied).toEqual(newMigrations());
    expect(statements).toBeGreaterThan(0);
    expect(blocked).toEqual({});
  }, 120_000);

  it("one that holds up callers is found, by the table", async () => {
    await addMigration(
      "20990101000000_blocking",
      'ALTER TABLE "usage_ledger" ADD COLUMN "more" INTEGER; SELECT pg_sleep(3);',
    );
    const { blocked } = await underLoad();
    expect(blocked.usage_ledger).toBeGreaterThan(0);
    expect(blocked.api_keys).toBeUndefined();
  }, 120_000);

  it("the index of a partitioned table is built partition by partition, beside the callers, and is whole", async () => {
    await addMigration("20990101000000_partitioned", PARTITIONED);
    expect((await underLoad()).blocked).toEqual({});
    const [found] = await withConnection(url, async (client) => {
      const { rows } = await client.query(`
        SELECT i.indisvalid AS valid,
          (SELECT count(*)::int FROM pg_inherits WHERE inhparent = i.indexrelid) AS built,
          (SELECT count(*)::int FROM pg_inherits WHERE inhparent = 'usage_ledger'::regclass) AS partitions
        FROM pg_index i WHERE i.indexrelid = 'usage_ledger_latency_idx'::regclass`);
      return rows;
    });
    expect(found.valid).toBe(true);
    expect(found.built).toBe(found.partitions);
    expect(found.built).toBeGreaterThan(10);
  }, 120_000);
});

describe("a migration that meets a held lock", () => {
  it("gives up soon, lets the others through, and is applied once the lock is free", async () => {
    await deployMigrations(url);
    await addMigration("20990101000000_waits", 'ALTER TABLE "api_keys" ADD COLUMN "more" INTEGER;');
    await withConnection(url, async (holder) => {
      await holder.query("BEGIN; SELECT FROM api_keys LIMIT 1");
      const deployed = deployMigrations(url, migrations);
      // It must have tried and failed at least once while the lock was held.
      await withConnection(url, async (reader) => {
        const failed = async () =>
          (
            await reader.query(
              "SELECT FROM _prisma_migrations WHERE migration_name = '20990101000000_waits' AND finished_at IS NULL",
            )
          ).rowCount ?? 0;
        while ((await failed()) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
        await reader.query("SET lock_timeout = '20s'");
        await reader.query("SELECT FROM api_keys LIMIT 1");
      });
      await holder.query("COMMIT");
      expect((await deployed).applied).toEqual(["20990101000000_waits"]);
    });
  }, 120_000);

  it("an index built concurrently that was interrupted is dropped and built again", async () => {
    await deployMigrations(url);
    await addMigration(
      "20990101000000_index",
      'CREATE INDEX CONCURRENTLY "api_keys_name_again_idx" ON "api_keys" ("name");',
    );
    await withConnection(url, async (holder) => {
      await holder.query("BEGIN; LOCK TABLE api_keys IN ROW EXCLUSIVE MODE");
      const deployed = deployMigrations(url, migrations);
      await withConnection(url, async (reader) => {
        const invalid = async () =>
          (
            await reader.query(
              "SELECT FROM pg_index WHERE indexrelid = to_regclass('api_keys_name_again_idx') AND NOT indisvalid",
            )
          ).rowCount ?? 0;
        while ((await invalid()) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
      });
      await holder.query("COMMIT");
      expect((await deployed).applied).toEqual(["20990101000000_index"]);
      const { rowCount } = await holder.query(
        "SELECT FROM pg_index WHERE indexrelid = to_regclass('api_keys_name_again_idx') AND indisvalid",
      );
      expect(rowCount).toBe(1);
    });
  }, 120_000);
});
