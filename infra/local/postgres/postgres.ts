import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  chownSync,
  closeSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { openLog } from "../process/log-file";
import { systemPort } from "../process/ports";
import { guard } from "../process/watchdog";
import { type PostgresHost, placeCluster, preparePostgresHost } from "./postgres-host";

const USER = "agathaai";
const DATABASE = "agathaai";
const MAJOR = "18";
const START_TIMEOUT_MS = 120_000;

export type PostgresOptions = {
  /** The cluster's folder; created if missing. */
  dir: string;
  /** 0 lets the system choose. */
  port: number;
  password: string;
  /** The server's own log. */
  logFile: string;
  /** False gives up crash safety for speed, in tests that throw their data away. */
  durable?: boolean;
};

export type Postgres = {
  port: number;
  /** The URL of a database as its owner; by default of the product's own. */
  url(database?: string): string;
  stop(): Promise<void>;
};

/**
 * Starts an embedded PostgreSQL 18 on the loopback address and creates the database `agathaai`. It ends with `stop()`
 * or with this process; a server left by a crash on the same folder is ended first.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const host = preparePostgresHost();
  const home = placeCluster(options.dir, host.account);
  const cluster = join(home, "cluster");
  initialize(host, cluster, options);
  await endLeftover(cluster);

  const port = options.port === 0 ? await systemPort() : options.port;
  const address = (database = DATABASE) =>
    `postgresql://${USER}:${encodeURIComponent(options.password)}@127.0.0.1:${port}/${database}`;
  const log = openLog(options.logFile);
  const logStart = statSync(options.logFile).size;
  const server = spawn(join(host.programs, "postgres"), ["-D", cluster, ...settings(port, options)], {
    ...host.account,
    cwd: "/",
    env: programEnv(),
    // A process group of its own, because Ctrl-C must reach the product first and the database last.
    detached: true,
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  const exited = new Promise<void>((resolve) => {
    server.once("exit", () => resolve());
    server.once("error", () => resolve());
  });
  const standDown = server.pid === undefined ? () => {} : guard(server.pid, "INT");
  const stop = async () => {
    await stopServer(server, exited);
    standDown();
    // The data folder was deleted while the server ran, so a cluster kept elsewhere is removed as well.
    if (!existsSync(options.dir)) rmSync(home, { recursive: true, force: true });
  };

  try {
    await ready(server, cluster, { logFile: options.logFile, logStart, port });
    await ensureDatabase(address("postgres"));
  } catch (error) {
    await stop();
    throw error;
  }
  return { port, url: address, stop };
}

/** Tests open thousands of connections, and most of a connection's work is otherwise the hashing of its password. */
const CHEAP_LOGIN = { scram_iterations: 1 };

function settings(port: number, { durable = true }: PostgresOptions): string[] {
  const values: Record<string, string | number> = {
    port,
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    max_connections: 200,
    timezone: "UTC",
    log_timezone: "UTC",
    shared_buffers: "128MB",
    password_encryption: "scram-sha-256",
    idle_in_transaction_session_timeout: "5min",
    ...(durable ? {} : { fsync: "off", synchronous_commit: "off", full_page_writes: "off", ...CHEAP_LOGIN }),
  };
  return Object.entries(values).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

/** initdb works beside the final folder, which is then renamed, so that a crash leaves no partial cluster. */
function initialize(
  host: PostgresHost,
  cluster: string,
  { password, durable = true }: PostgresOptions,
): void {
  const versionFile = join(cluster, "PG_VERSION");
  if (existsSync(versionFile)) {
    const found = readFileSync(versionFile, "utf8").trim();
    if (found === MAJOR) return;
    throw new Error(
      `The local database was made by PostgreSQL ${found}; this version runs ${MAJOR}. Start over with: npm run reset`,
    );
  }
  const draft = `${cluster}.new`;
  const passwordFile = `${cluster}.password`;
  rmSync(draft, { recursive: true, force: true });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (host.account) chownSync(passwordFile, host.account.uid, host.account.gid);
  const made = spawnSync(
    join(host.programs, "initdb"),
    [
      `--pgdata=${draft}`,
      `--username=${USER}`,
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--locale=C",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      "--no-instructions",
      ...(durable ? [] : [`--set=scram_iterations=${CHEAP_LOGIN.scram_iterations}`]),
    ],
    { ...host.account, cwd: "/", env: programEnv(), encoding: "utf8" },
  );
  rmSync(passwordFile, { force: true });
  if (made.status !== 0) {
    rmSync(draft, { recursive: true, force: true });
    throw new Error(explain(`${made.stderr ?? ""}${made.error?.message ?? ""}`, dirname(cluster)));
  }
  rmSync(cluster, { recursive: true, force: true });
  renameSync(draft, cluster);
}

/** The product's environment (keys, passwords) is kept from the database's processes. */
const programEnv = (): NodeJS.ProcessEnv => ({
  NODE_ENV: "production",
  PATH: process.env.PATH ?? "/usr/bin:/bin",
  LC_ALL: "C",
  TZ: "UTC",
});

/**
 * Ends a server that survived our crash (the caller holds the data directory's lock, so nobody uses it). A pid file
 * whose process is another program, as after a reboot or in a fresh container, is removed.
 */
async function endLeftover(cluster: string): Promise<void> {
  const pidFile = join(cluster, "postmaster.pid");
  const pid = readPid(pidFile);
  if (pid === undefined) return;
  if (!isAlive(pid) || !runsCluster(pid, cluster)) {
    rmSync(pidFile, { force: true });
    return;
  }
  process.kill(pid, "SIGINT");
  for (let waited = 0; waited < 15_000 && isAlive(pid); waited += 100) await sleep(100);
  if (isAlive(pid))
    throw new Error(`A PostgreSQL server (process ${pid}) still uses ${cluster}. End it and try again.`);
}

function readPid(file: string): number | undefined {
  if (!existsSync(file)) return undefined;
  const pid = Number(readFileSync(file, "utf8").split("\n", 1)[0]);
  return Number.isInteger(pid) && pid > 1 ? pid : 0;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return pid > 0;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

function runsCluster(pid: number, cluster: string): boolean {
  if (existsSync("/proc/self/cmdline")) {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes(cluster);
    } catch {
      return false;
    }
  }
  const ps = spawnSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" });
  return (ps.stdout ?? "").includes(cluster);
}

/**
 * Waits for "ready" in the server's own pid file: an answer on the port could come from another server. (PostgreSQL's
 * source: pidfile.h, lines 1 and 8.)
 */
async function ready(
  server: ChildProcess,
  cluster: string,
  { logFile, logStart, port }: { logFile: string; logStart: number; port: number },
): Promise<void> {
  const pidFile = join(cluster, "postmaster.pid");
  for (const deadline = Date.now() + START_TIMEOUT_MS; Date.now() < deadline; await sleep(20)) {
    if (server.exitCode !== null || server.signalCode !== null || server.pid === undefined) {
      throw new Error(explain(readFileSync(logFile, "utf8").slice(logStart), dirname(logFile), port));
    }
    if (!existsSync(pidFile)) continue;
    const lines = readFileSync(pidFile, "utf8").split("\n");
    if (Number(lines[0]) === server.pid && lines[7]?.trim() === "ready") return;
  }
  throw new Error(`PostgreSQL was not ready within ${START_TIMEOUT_MS / 1000} seconds. Its log: ${logFile}`);
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  try {
    await client.connect();
    const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } catch (cause) {
    if (!(cause instanceof pg.DatabaseError) || cause.code !== WRONG_PASSWORD) throw cause;
    throw new Error(
      "The local database does not accept the password in secrets.json. Restore that file, or start over with: npm run reset",
      { cause },
    );
  } finally {
    await client.end().catch(() => {});
  }
}

const WRONG_PASSWORD = "28P01";

/** Turns PostgreSQL's output into what a person can do about it. */
function explain(output: string, place: string, port?: number): string {
  const detail = output.trim().split("\n").slice(-6).join("\n");
  if (/No space left on device|could not extend file|ENOSPC/i.test(output)) {
    return `The disk that holds ${place} is full. Free some space and start again.\n${detail}`;
  }
  if (/Address already in use|could not bind/i.test(output)) {
    return `Port ${port} is taken by another program. Start again to use the next free one.\n${detail}`;
  }
  if (/Permission denied|Read-only file system/i.test(output)) {
    return `PostgreSQL may not write to ${place}. Check the folder's owner, or set AGATHA_DATA_DIR to another one.\n${detail}`;
  }
  return `PostgreSQL did not start:\n${detail}`;
}

/** A "fast" shutdown ends sessions and writes a checkpoint; after 20 s the server is killed. */
async function stopServer(server: ChildProcess, exited: Promise<void>): Promise<void> {
  const gone = () => server.pid === undefined || server.exitCode !== null || server.signalCode !== null;
  for (const [signal, patience] of [
    ["SIGINT", 20_000],
    ["SIGQUIT", 5_000],
    ["SIGKILL", 5_000],
  ] as const) {
    if (gone()) return;
    server.kill(signal);
    await Promise.race([exited, sleep(patience, undefined, { ref: false })]);
  }
}
