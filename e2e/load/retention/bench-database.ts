import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { completeSecrets, secretsAsEnv } from "../../../infra/local/data/secrets";
import { startPostgres } from "../../../infra/local/postgres/postgres";
import { removeCluster } from "../../../infra/local/postgres/postgres-host";
import { deployMigrations } from "../../../prisma/deploy-migrations";
import type { Db } from "../../../src/core/platform";
import { createDb } from "../../../src/core/platform/db/client";

/** How much a bench fills its database with, from the command line. */
export function readSizes(): { rows: number; organizations: number } {
  const { values } = parseArgs({
    options: {
      rows: { type: "string", default: "1000000" },
      organizations: { type: "string", default: "500" },
    },
  });
  const [rows, organizations] = [Number(values.rows), Number(values.organizations)];
  if (!(rows >= 1 && organizations >= 1)) throw new Error("--rows and --organizations must be numbers.");
  return { rows, organizations };
}

/** A migrated database of its own, without fsync, and an environment that the product's own code accepts. */
export async function openDatabase(
  name: string,
): Promise<{ db: Db & { $disconnect(): Promise<void> }; url: string; close(): Promise<void> }> {
  const home = mkdtempSync(join(tmpdir(), `agathaai-${name}-`));
  chmodSync(home, 0o711); // As root, the database runs under another account, which has to pass through.
  const secrets = completeSecrets();
  // Of the rest nothing is asked here.
  Object.assign(process.env, secretsAsEnv(secrets), {
    APP_URL: "http://localhost:3000",
    DATABASE_URL: `postgres://127.0.0.1/${name}`,
    S3_BUCKET: name,
    SMTP_URL: "smtp://127.0.0.1:25",
    SQS_STANDARD_QUEUE_URL: "http://127.0.0.1/s",
    SQS_ENTERPRISE_QUEUE_URL: "http://127.0.0.1/e",
    SQS_DEAD_LETTER_QUEUE_URL: "http://127.0.0.1/d",
  });
  const postgres = await startPostgres({
    dir: join(home, "postgres"),
    port: 0,
    password: secrets.databasePassword,
    logFile: join(home, "postgres.log"),
    durable: false,
  });
  const url = postgres.url(name);
  await deployMigrations(url);
  const db = createDb({ url, poolMax: 6 });
  return {
    db,
    url,
    close: async () => {
      await db.$disconnect();
      await postgres.stop();
      removeCluster(join(home, "postgres"));
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** Objects in memory: what a job costs, without a network. */
export function memoryStore() {
  const objects = new Map<string, Uint8Array>();
  return {
    objects,
    async put(key: string, body: Uint8Array | string) {
      objects.set(key, Buffer.from(body));
    },
    async get(key: string) {
      const body = objects.get(key);
      return body && { body, contentType: undefined };
    },
    async delete(key: string) {
      objects.delete(key);
    },
    locksObjects: async () => false,
  };
}
