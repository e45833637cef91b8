import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ours = fileURLToPath(new URL("../../../prisma/migrations", import.meta.url));

/** One of each kind of change that the rules allow, on the two tables that grow (ADR 98). */
export const TRIAL: Readonly<Record<string, string>> = {
  "20990101000000_column": `ALTER TABLE "usage_ledger" ADD COLUMN "trial" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "inference_requests" ADD COLUMN "trial" INTEGER NOT NULL DEFAULT 0;`,
  "20990101000100_check": `ALTER TABLE "usage_ledger" ADD CONSTRAINT "usage_ledger_trial" CHECK ("trial" >= 0) NOT VALID;`,
  "20990101000200_check_is_valid": `ALTER TABLE "usage_ledger" VALIDATE CONSTRAINT "usage_ledger_trial";`,
  "20990101000300_indexes": `-- squawk-ignore require-concurrent-index-creation
CREATE INDEX "usage_ledger_trial_idx" ON ONLY "usage_ledger" ("org_id", "latency_ms");
-- squawk-ignore require-concurrent-index-creation
CREATE INDEX "inference_requests_trial_idx" ON ONLY "inference_requests" ("org_id", "model", "created_at");`,
  "20990101000400_concurrently": `CREATE INDEX CONCURRENTLY "api_keys_trial_idx" ON "api_keys" ("name");`,
};

/** The product's migrations and, after them, the trial's, in a folder of their own. */
export async function withTrial(): Promise<{ migrations: string; remove(): Promise<void> }> {
  const migrations = await mkdtemp(join(tmpdir(), "migrations-"));
  await cp(ours, migrations, { recursive: true });
  for (const [name, sql] of Object.entries(TRIAL)) {
    await mkdir(join(migrations, name));
    await writeFile(join(migrations, name, "migration.sql"), sql);
  }
  return { migrations, remove: () => rm(migrations, { recursive: true, force: true }) };
}
