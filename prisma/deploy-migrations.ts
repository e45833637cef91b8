import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { lockKey } from "../src/core/platform/db/advisory-lock";
import { createDb } from "../src/core/platform/db/client";
import { type MadePartitions, maintainPartitions } from "../src/core/platform/db/partitions";
import { partitionedTables } from "../src/core/upkeep";
import { buildPartitionIndexes, dropUnfinishedIndexes } from "./concurrent-indexes";
import { ensureDatabase, withConnection } from "./database";
import { MIGRATIONS, readMigrations } from "./read-migrations";
import { everything, type MigrationList, withEngine } from "./schema-engine";

const LOCK_WAIT_MS = 120_000;
const LOCK_PAUSE_MS = 250;

export interface Deployment {
  createdDatabase: boolean;
  applied: string[];
  partitions: MadePartitions[];
}

/**
 * Migrates a database to the newest migration, creating it if it is missing, and creates the partitions of the coming
 * weeks. Of concurrent callers one migrates; the others wait and find nothing to do.
 * @throws Error naming the failed migration. It leaves only its row in `_prisma_migrations`, which blocks every later
 * deployment until `resolveMigration` removes it.
 */
export async function deployMigrations(databaseUrl: string, migrations = MIGRATIONS): Promise<Deployment> {
  const createdDatabase = await ensureDatabase(databaseUrl);
  const list = await readMigrations(migrations);
  return withConnection(databaseUrl, async (client) => {
    await lockMigrations(client);
    const applied = await applyMigrations(client, databaseUrl, list);
    await buildPartitionIndexes(client);
    // An older set of migrations has not made all tables yet.
    const { rows } = await client.query<{ name: string }>(
      "SELECT relname AS name FROM pg_class WHERE relkind = 'p' AND relnamespace = 'public'::regnamespace",
    );
    const made = new Set(rows.map(({ name }) => name));
    const db = createDb({ url: databaseUrl, poolMax: 1 });
    try {
      const tables = partitionedTables.filter(({ table }) => made.has(table));
      return { createdDatabase, applied, partitions: await maintainPartitions(db, tables) };
    } finally {
      await db.$disconnect();
    }
  });
}

/**
 * Asked for again and again, until `client` ends: a statement that waits for a lock holds a snapshot meanwhile, and an index
 * that is built concurrently waits for all older snapshots. The two would wait for each other.
 */
async function lockMigrations(client: pg.Client): Promise<void> {
  for (let waited = 0; ; waited += LOCK_PAUSE_MS) {
    const { rows } = await client.query<{ locked: boolean }>("SELECT pg_try_advisory_lock($1) AS locked", [
      lockKey("migrations"),
    ]);
    if (rows[0]?.locked) return;
    if (waited >= LOCK_WAIT_MS)
      throw new Error("Another deployment has been migrating this database for two minutes: try again.");
    await sleep(LOCK_PAUSE_MS);
  }
}

/** Tries that meet a held lock are repeated: meanwhile, the calls that wait behind them go on. */
const MOST_TRIES = 20;
const LONGEST_PAUSE_MS = 5_000;

/** The names of those applied. */
async function applyMigrations(
  client: pg.Client,
  databaseUrl: string,
  list: MigrationList,
): Promise<string[]> {
  const applied: string[] = [];
  for (let tries = 1; ; tries += 1) {
    const before = await finishedMigrations(client);
    try {
      await withEngine(databaseUrl, (engine) =>
        engine.applyMigrations({ migrationsList: list, filters: everything }),
      );
    } catch (error) {
      const name = failedMigration(error);
      if (name === undefined || tries === MOST_TRIES || !isLockTimeout(error)) throw plainError(error);
      await resolveMigration(databaseUrl, name);
      await dropUnfinishedIndexes(client, [scriptOf(list, name)]);
      await sleep(Math.min(250 * 2 ** tries, LONGEST_PAUSE_MS));
      continue;
    } finally {
      const known = new Set(before);
      applied.push(...(await finishedMigrations(client)).filter((name) => !known.has(name)));
    }
    return applied;
  }
}

async function finishedMigrations(client: pg.Client): Promise<string[]> {
  const { rows: tables } = await client.query<{ there: boolean }>(
    "SELECT to_regclass('public._prisma_migrations') IS NOT NULL AS there",
  );
  if (!tables[0]?.there) return [];
  const { rows } = await client.query<{ name: string }>(
    "SELECT migration_name AS name FROM _prisma_migrations WHERE finished_at IS NOT NULL ORDER BY migration_name",
  );
  return rows.map(({ name }) => name);
}

function scriptOf({ migrationDirectories }: MigrationList, name: string): string {
  const content = migrationDirectories.find(({ path }) => path === name)?.migrationFile.content;
  return content?.tag === "ok" ? content.value : "";
}

function isLockTimeout(error: unknown): boolean {
  return error instanceof Error && /lock timeout/.test(error.message);
}

/** Forgets a failed migration, so that the next deployment tries it (or its replacement) again. */
export async function resolveMigration(databaseUrl: string, name: string): Promise<void> {
  await withEngine(databaseUrl, (engine) => engine.markMigrationRolledBack({ migrationName: name })).catch(
    (error) => {
      throw plainError(error);
    },
  );
}

/** The engine appends its own call stack; the migration's name is in there. */
function plainError(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const [reason = ""] = error.message.replace(/^external connector error\n/, "").split(/\n\s+0: /);
  const name = failedMigration(error);
  return new Error(name === undefined ? reason : `The migration ${name} failed and was undone: ${reason}`, {
    cause: error,
  });
}

function failedMigration(error: unknown): string | undefined {
  return error instanceof Error ? /migration_name="([^"]+)"/.exec(error.message)?.[1] : undefined;
}
