import { randomUUID } from "node:crypto";
import { cp, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { deployMigrations } from "../../../prisma/deploy-migrations";
import { BASELINE } from "../../../prisma/migration-rules";
import { fill } from "../growth/fill";

const ours = fileURLToPath(new URL("../../../prisma/migrations", import.meta.url));

export interface MigratedUnderLoad {
  applied: string[];
  /** Of the whole deployment, indexes of partitions included. */
  deployedMs: number;
  statements: number;
  /** Statements that waited for a lock longer than `blockedMs`, by table. */
  blocked: Record<string, number>;
  slowestMs: number;
}

interface Options {
  databaseUrl: string;
  /** Of requests, and as many of the ledger. */
  rows: number;
  /** A statement that waits so long for a lock counts as blocked. */
  blockedMs: number;
}

const CALLERS = 4;

/**
 * Fills a database of the baseline, and applies what is newer while callers read and write every table of it. Each of their
 * statements gives up after `blockedMs` of waiting for a lock, and is counted.
 */
export async function migrateUnderLoad({ databaseUrl, rows, blockedMs }: Options, newer = ours) {
  const old = await upToBaseline();
  try {
    await deployMigrations(databaseUrl, old);
    await fill(databaseUrl, rows, new Date());
    const load = await startLoad(databaseUrl, blockedMs);
    try {
      const startedAt = performance.now();
      const { applied } = await deployMigrations(databaseUrl, newer);
      const deployedMs = Math.round(performance.now() - startedAt);
      return { applied, deployedMs, ...(await load.stop()) } satisfies MigratedUnderLoad;
    } finally {
      await load.stop();
    }
  } finally {
    await rm(old, { recursive: true, force: true });
  }
}

async function upToBaseline(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "migrations-"));
  for (const name of await readdir(ours))
    if (name <= BASELINE || name.endsWith(".toml"))
      await cp(join(ours, name), join(directory, name), { recursive: true });
  return directory;
}

interface Load {
  stop(): Promise<Pick<MigratedUnderLoad, "statements" | "blocked" | "slowestMs">>;
}

async function startLoad(connectionString: string, blockedMs: number): Promise<Load> {
  const options = `-c lock_timeout=${blockedMs}`;
  const clients = Array.from({ length: CALLERS }, () => new pg.Client({ connectionString, options }));
  await Promise.all(clients.map((client) => client.connect()));
  const counted = { statements: 0, blocked: {} as Record<string, number>, slowestMs: 0 };
  let stopped = false;
  const call = async (client: pg.Client, table: string, sql: string, values: unknown[] = []) => {
    const startedAt = performance.now();
    try {
      await client.query(sql, values);
    } catch (error) {
      if (!(error instanceof pg.DatabaseError) || error.code !== LOCK_NOT_AVAILABLE) throw error;
      counted.blocked[table] = (counted.blocked[table] ?? 0) + 1;
    }
    counted.statements += 1;
    counted.slowestMs = Math.max(counted.slowestMs, Math.round(performance.now() - startedAt));
  };
  const running = Promise.all(
    clients.map(async (client) => {
      while (!stopped) {
        // Listed anew each time: the next migration must not hold up a table that this one creates.
        for (const table of await publicTables(client)) {
          if (stopped) break;
          // The locks of every reader and of every writer, without a row of it.
          await call(client, table, `SELECT FROM ${table} LIMIT 1`);
          await call(client, table, `LOCK TABLE ${table} IN ROW EXCLUSIVE MODE; SELECT 1`);
        }
        await call(client, "inference_requests", UPDATE_REQUEST);
        await call(client, "usage_ledger", INSERT_LEDGER, [randomUUID()]);
      }
    }),
  );
  // A caller that fails before the end fails the run, when it is stopped.
  running.catch(() => {});
  let ended: Promise<Pick<MigratedUnderLoad, "statements" | "blocked" | "slowestMs">> | undefined;
  return {
    stop: () => {
      stopped = true;
      ended ??= running
        .then(() => counted)
        .finally(() => Promise.all(clients.map((client) => client.end().catch(() => {}))));
      return ended;
    },
  };
}

const LOCK_NOT_AVAILABLE = "55P03";

/** As a worker ends a request. */
const UPDATE_REQUEST = `
  UPDATE inference_requests SET result_cipher = '\\x02'
  WHERE (id, created_at) = (SELECT id, created_at FROM inference_requests ORDER BY id DESC OFFSET floor(random() * 50) LIMIT 1)`;

/** As a settlement writes it, with another id: found by its key, as every statement of the product finds what it writes. */
const INSERT_LEDGER = `
  INSERT INTO usage_ledger (request_id, created_at, org_id, user_id, api_key_id, environment, model, provider, upstream_model,
    status, billable, input_tokens, output_tokens, price_version, cost_micros, latency_ms, settled_at)
  SELECT (substr(request_id::text, 1, 14) || '7' || substr($1, 16))::uuid, created_at, org_id, user_id, api_key_id, environment,
    model, provider, upstream_model, status, billable, input_tokens, output_tokens, price_version, cost_micros, latency_ms, settled_at
  FROM usage_ledger ORDER BY request_id DESC LIMIT 1
  ON CONFLICT DO NOTHING`;

async function publicTables(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ name: string }>(`
    SELECT quote_ident(relname) AS name FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND relname NOT LIKE '\\_%'
    ORDER BY relname`);
  return rows.map(({ name }) => name);
}
