import { readdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { MigrationList } from "./schema-engine";

/** Beside this file, also where both are bundled. */
export const MIGRATIONS = join(dirname(fileURLToPath(import.meta.url)), "migrations");

/** The migrations of a folder, oldest first, as the schema engine takes them. */
export async function readMigrations(directory: string): Promise<MigrationList> {
  const entries = await readdir(directory, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const lockfile = await readFile(join(directory, "migration_lock.toml"), "utf8");
  return {
    baseDir: directory,
    lockfile: { path: "migration_lock.toml", content: lockfile },
    shadowDbInitScript: "",
    migrationDirectories: await Promise.all(
      names.sort().map(async (name) => ({
        path: name,
        migrationFile: {
          path: "migration.sql",
          content: {
            tag: "ok" as const,
            value: await readFile(join(directory, name, "migration.sql"), "utf8"),
          },
        },
      })),
    ),
  };
}
