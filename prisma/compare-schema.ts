import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import process from "node:process";
import { dropDatabase, nameOfDatabase, withDatabase } from "./database";
import { deployMigrations } from "./deploy-migrations";
import { MIGRATIONS, readMigrations } from "./read-migrations";
import { everything, PRISMA_FOLDER, withEngine } from "./schema-engine";

export interface MigrationStatus {
  pending: string[];
  /** Human-readable findings: an edited, failed or unknown migration, or a schema that differs from the migrated one. */
  problems: string[];
}

/** The migrations `deploy` would apply, and whether the database still matches the migrations and `schema.prisma`. */
export async function readMigrationStatus(
  databaseUrl: string,
  migrations = MIGRATIONS,
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
        from: { tag: "schemaDatasource", files: [schema], configDir: PRISMA_FOLDER },
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
  migrations = MIGRATIONS,
): Promise<string> {
  if (!/^[a-z][a-z0-9_]*$/.test(name))
    throw new Error("A migration's name is lower case: letters, digits and _");
  const scratch = withDatabase(databaseUrl, `${nameOfDatabase(databaseUrl)}_draft_${process.pid}`);
  try {
    await deployMigrations(scratch, migrations);
    const { stdout } = await withEngine(scratch, (engine, schema) =>
      engine.diff({
        from: { tag: "schemaDatasource", files: [schema], configDir: PRISMA_FOLDER },
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
