import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import process, { argv, env } from "node:process";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type pg from "pg";
import { lockKey } from "../src/core/platform/db/advisory-lock";
import { createDb } from "../src/core/platform/db/client";
import { type MadePartitions, maintainPartitions } from "../src/core/platform/db/partitions";
import { partitionedTables } from "../src/core/upkeep";
import { buildPartitionIndexes, dropUnfinishedIndexes } from "./concurrent-indexes";
import { dropDatabase, ensureDatabase, nameOfDatabase, withConnection, withDatabase } from "./database";
import { readMigrations } from "./read-migrations";
import { type MigrationList, openSchemaEngine, type SchemaFilter } from "./schema-engine";
import { letServingRoleUseTokens } from "./serving-role/serving-role";

const prismaDirectory = dirname(fileURLToPath(import.meta.url));
const everything: SchemaFilter = { externalTables: [], externalEnums: [] };

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
export async function deployMigrations(
  databaseUrl: string,
  migrations = join(prismaDirectory, "migrations"),
): Promise<Deployment> {
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

export interface MigrationStatus {
  pending: string[];
  /** Human-readable findings: an edited, failed or unknown migration, or a schema that differs from the migrated one. */
  problems: string[];
}

/** The migrations `deploy` would apply, and whether the database still matches the migrations and `schema.prisma`. */
export async function readMigrationStatus(
  databaseUrl: string,
  migrations = join(prismaDirectory, "migrations"),
): Promise<MigrationStatus> {
  const list = await readMigrations(migrations);
  return withEngine(databaseUrl, async (engine, schema) => {
    const { history, editedMigrationNames, failedMigrationNames } = await engine.diagnoseMigrationHistory({
      migrationsList: list,
      optInToShadowDatabase: false,
      filters: everything,
    });
    const pending =
      history === null || history.diagnostic === "migrationsDirectoryIsBehind"
        ? []
        : history.unappliedMigrationNames;
    const problems = [
      ...editedMigrationNames.map((name) => `${name} was edited after it was applied`),
      ...failedMigrationNames.map((name) => `${name} failed and must be resolved`),
    ];
    if (history !== null && history.diagnostic !== "databaseIsBehind") {
      problems.push(
        ...history.unpersistedMigrationNames.map((name) => `${name} was applied but is not in ${migrations}`),
      );
    }
    if (pending.length === 0) {
      const { stdout, exitCode } = await engine.diff({
        from: { tag: "schemaDatasource", files: [schema], configDir: prismaDirectory },
        to: { tag: "schemaDatamodel", files: [schema] },
        script: false,
        exitCode: true,
        filters: everything,
      });
      if (exitCode === DIFFERENT) problems.push(`The database differs from schema.prisma:\n${stdout ?? ""}`);
    }
    return { pending, problems };
  });
}

const DIFFERENT = 2;

/**
 * Writes the draft of a new migration and returns its path: the SQL from the migrations so far to `schema.prisma`. It
 * applies them to a temporary database on the same server.
 */
export async function draftMigration(
  databaseUrl: string,
  name: string,
  migrations = join(prismaDirectory, "migrations"),
): Promise<string> {
  if (!/^[a-z][a-z0-9_]*$/.test(name))
    throw new Error("A migration's name is lower case: letters, digits and _");
  const scratch = withDatabase(databaseUrl, `${nameOfDatabase(databaseUrl)}_draft_${process.pid}`);
  try {
    await deployMigrations(scratch, migrations);
    const { stdout } = await withEngine(scratch, (engine, schema) =>
      engine.diff({
        from: { tag: "schemaDatasource", files: [schema], configDir: prismaDirectory },
        to: { tag: "schemaDatamodel", files: [schema] },
        script: true,
        exitCode: null,
        filters: everything,
      }),
    );
    const time = new Date().toISOString().replaceAll(/\D/g, "").slice(0, 14);
    const file = join(migrations, `${time}_${name}`, "migration.sql");
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, stdout ?? "", { flag: "wx" });
    return file;
  } finally {
    await dropDatabase(scratch);
  }
}

type Schema = { path: string; content: string };
type Engine = Awaited<ReturnType<typeof openSchemaEngine>>["engine"];

async function withEngine<T>(
  databaseUrl: string,
  work: (engine: Engine, schema: Schema) => Promise<T>,
): Promise<T> {
  const schema = {
    path: "schema.prisma",
    content: await readFile(join(prismaDirectory, "schema.prisma"), "utf8"),
  };
  const { engine, close } = await openSchemaEngine(databaseUrl, schema);
  try {
    return await work(engine, schema);
  } finally {
    await close();
  }
}

async function run([command, name]: string[]): Promise<number> {
  // The runtime role may not change the schema; where it is used, the owner has a URL of its own.
  const url = env.MIGRATION_DATABASE_URL || env.DATABASE_URL;
  if (url === undefined || url === "") {
    console.error("Set MIGRATION_DATABASE_URL (or DATABASE_URL) to the database to migrate, as its owner.");
    return 1;
  }
  if (command === "deploy") {
    const { createdDatabase, applied, partitions } = await deployMigrations(url);
    if (createdDatabase) console.log("Created the database.");
    for (const migration of applied) console.log(`Applied ${migration}.`);
    if (applied.length === 0) console.log("Nothing to apply: the database is up to date.");
    for (const { table, made } of partitions)
      if (made > 0) console.log(`Made ${made} partitions of ${table}.`);
    if (env.MIGRATION_GRANTS_IAM === "true") await letServingRoleUseTokens(url);
    return 0;
  }
  if (command === "status") {
    const { pending, problems } = await readMigrationStatus(url);
    for (const migration of pending) console.log(`Pending: ${migration}`);
    for (const problem of problems) console.log(problem);
    if (pending.length + problems.length > 0) return 1;
    console.log("The database is up to date.");
    return 0;
  }
  if (command === "new" && name !== undefined) {
    console.log(`Wrote ${await draftMigration(url, name)}. Review it, then deploy.`);
    return 0;
  }
  if (command === "resolve" && name !== undefined) {
    await resolveMigration(url, name);
    console.log(`${name} will be tried again by the next deploy.`);
    return 0;
  }
  console.error("Usage: npm run migrate -- deploy | status | new <name> | resolve <name>");
  return 1;
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  try {
    process.exitCode = await run(argv.slice(2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
