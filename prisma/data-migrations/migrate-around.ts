import { cp, mkdtemp, readdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type pg from "pg";
import { withConnection } from "../database";
import { deployMigrations } from "../deploy-migrations";

const all = join(dirname(fileURLToPath(import.meta.url)), "..", "migrations");

/** Brings a new database to just before the migration, lets it be filled as installations were then, and migrates on. */
export async function migrateAround(
  url: string,
  migration: string,
  fill: (client: pg.Client) => Promise<void>,
): Promise<void> {
  const before = await mkdtemp(join(tmpdir(), "agathaai-migrations-"));
  for (const name of await readdir(all)) {
    if (name < migration || name.endsWith(".toml"))
      await cp(join(all, name), join(before, name), { recursive: true });
  }
  await deployMigrations(url, before);
  await withConnection(url, fill);
  await deployMigrations(url);
}
