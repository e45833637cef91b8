import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { completeSecrets, secretsAsEnv } from "../../../infra/local/data/secrets";
import { startPostgres } from "../../../infra/local/postgres/postgres";
import { removeCluster } from "../../../infra/local/postgres/postgres-host";
import { newMigrations } from "../../../prisma/migration-rules";
import { migrateUnderLoad } from "./migrate-under-load";
import { TRIAL, withTrial } from "./trial";

// npm run bench:migrations -- [--rows 1000000] [--blocked-ms 200]
// Applies what is newer than the baseline, and after it one of each kind of change that the rules allow. Ends with 1 where a
// statement was held up, or one of them was not applied.

const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    "blocked-ms": { type: "string", default: "200" },
  },
});
const [rows, blockedMs] = [Number(values.rows), Number(values["blocked-ms"])];
if (!(rows >= 12 && blockedMs >= 1)) throw new Error("--rows and --blocked-ms must be numbers.");

const home = mkdtempSync(join(tmpdir(), "agathaai-migrations-"));
chmodSync(home, 0o711); // As root, the database runs under another account, which has to pass through.
const secrets = completeSecrets();
Object.assign(process.env, secretsAsEnv(secrets));
const postgres = await startPostgres({
  dir: join(home, "postgres"),
  port: 0,
  password: secrets.databasePassword,
  logFile: join(home, "postgres.log"),
  durable: false,
});
const { migrations, remove } = await withTrial();
try {
  const startedAt = performance.now();
  const done = await migrateUnderLoad(
    { databaseUrl: postgres.url("migrations"), rows, blockedMs },
    migrations,
  );
  const seconds = Math.round((performance.now() - startedAt) / 1_000);
  const missing = [...newMigrations(), ...Object.keys(TRIAL)].filter((name) => !done.applied.includes(name));
  console.log(JSON.stringify({ rows, blockedMs, seconds, cores: cpus().length, ...done, missing }, null, 2));
  process.exitCode = Object.keys(done.blocked).length + missing.length === 0 ? 0 : 1;
} finally {
  await remove();
  await postgres.stop();
  removeCluster(join(home, "postgres"));
  rmSync(home, { recursive: true, force: true });
}
