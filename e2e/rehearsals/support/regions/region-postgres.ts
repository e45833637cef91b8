import { type ChildProcess, spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  chownSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { startPostgres } from "../../../../infra/local/postgres/postgres";
import { preparePostgresHost, removeCluster } from "../../../../infra/local/postgres/postgres-host";
import { openRuntimeRole } from "../../../../infra/local/postgres/runtime-role";
import { until } from "../../../../infra/testing/until";
import { deployMigrations } from "../../../../prisma/deploy-migrations";
import type { Network } from "./network";

const OWNER_PASSWORD = "rehearsal";

/** How long a broken link takes to be noticed by both ends. */
const LINK_TIMEOUT_S = 5;

export interface RegionPostgres {
  url(): string;
  connected<T>(work: (sql: pg.Client) => Promise<T>): Promise<T>;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Throws its data away and becomes a standby of another one, from a backup of that. */
  rebuildFrom(primary: RegionPostgres): Promise<void>;
  /** Whether any file of it has these bytes. */
  holds(bytes: Buffer): boolean;
}

/** Databases that all begin as copies of one that is migrated. */
export async function prepareDatabases(network: Network, appPassword: string) {
  const home = mkdtempSync(join(tmpdir(), "agathaai-regions-"));
  chmodSync(home, 0o711);
  const host = preparePostgresHost();
  const template = {
    dir: join(home, "template"),
    port: 0,
    password: OWNER_PASSWORD,
    logFile: join(home, "template.log"),
  };
  const server = await startPostgres(template);
  await deployMigrations(server.url());
  await openRuntimeRole(server.url(), appPassword);
  const migrated = await withClient(server.url(), dataFolder);
  await server.stop();
  appendFileSync(
    join(migrated, "pg_hba.conf"),
    "host all all 10.77.0.0/16 scram-sha-256\nhost replication all 10.77.0.0/16 scram-sha-256\n",
  );
  const all: RegionPostgres[] = [];

  function place(region: string, port: number, follows?: { region: string; port: number }): RegionPostgres {
    const data = join(home, `${region}-${port}`);
    spawnSync("cp", ["-a", migrated, data]);
    if (follows !== undefined) follow(data, follows);
    let process_: ChildProcess | undefined;
    let ended: Promise<unknown> = Promise.resolve();
    const url = () => `postgresql://agathaai:${OWNER_PASSWORD}@${network.address(region)}:${port}/agathaai`;
    const connected = <T>(work: (sql: pg.Client) => Promise<T>) => withClient(url(), work);

    function follow(folder: string, primary: { region: string; port: number }): void {
      const to = `host=${network.address(primary.region)} port=${primary.port} user=agathaai password=${OWNER_PASSWORD} connect_timeout=3`;
      appendFileSync(join(folder, "postgresql.auto.conf"), `primary_conninfo = '${to}'\n`);
      owned(join(folder, "standby.signal"), "");
    }
    function owned(path: string, text: string): void {
      writeFileSync(path, text, { mode: 0o600 });
      if (host.account) chownSync(path, host.account.uid, host.account.gid);
    }

    const one: RegionPostgres & { region: string; port: number; data: string } = {
      region,
      port,
      data,
      url,
      connected,
      start: async () => {
        const settings = {
          port,
          listen_addresses: network.address(region),
          unix_socket_directories: "",
          // As the one that was copied: a standby takes no less.
          max_connections: 200,
          shared_buffers: "32MB",
          timezone: "UTC",
          wal_keep_size: "256MB",
          wal_sender_timeout: `${LINK_TIMEOUT_S}s`,
          wal_receiver_timeout: `${LINK_TIMEOUT_S}s`,
          wal_receiver_status_interval: "1s",
          wal_retrieve_retry_interval: "1s",
        };
        const log = openSync(join(home, `${region}-${port}.log`), "a");
        const as = host.account
          ? ["--reuid", String(host.account.uid), "--regid", String(host.account.gid), "--clear-groups"]
          : [];
        process_ = network.spawn(
          region,
          "setpriv",
          [
            ...as,
            join(host.programs, "postgres"),
            "-D",
            data,
            ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
          ],
          { cwd: "/", stdio: ["ignore", log, log] },
        );
        const started = process_;
        ended = new Promise((resolve) => started.once("exit", resolve));
        await until(() =>
          connected(async (sql) => (await sql.query("SELECT 1")).rowCount === 1).catch(() => false),
        );
      },
      stop: async () => {
        process_?.kill("SIGINT");
        await ended;
      },
      rebuildFrom: async (other) => {
        const primary = other as typeof one;
        await one.stop();
        rmSync(data, { recursive: true });
        await primary.connected(async (sql) => {
          await sql.query("SELECT pg_backup_start('rebuild', fast => true)");
          spawnSync("cp", ["-a", primary.data, data]);
          for (const file of ["postmaster.pid", "postmaster.opts", "standby.signal"])
            rmSync(join(data, file), { force: true });
          const { rows } = await sql.query<{ labelfile: string }>("SELECT labelfile FROM pg_backup_stop()");
          owned(join(data, "backup_label"), rows[0]?.labelfile ?? "");
        });
        follow(data, primary);
        await one.start();
      },
      holds: (bytes) => filesOf(data).some((path) => readFileSync(path).includes(bytes)),
    };
    all.push(one);
    return one;
  }

  return {
    place,
    remove: async () => {
      await Promise.all(all.map((one) => one.stop()));
      removeCluster(template.dir);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

async function withClient<T>(url: string, work: (sql: pg.Client) => Promise<T>): Promise<T> {
  const sql = new pg.Client({ connectionString: url, connectionTimeoutMillis: 3_000, query_timeout: 60_000 });
  sql.on("error", () => undefined);
  await sql.connect();
  try {
    return await work(sql);
  } finally {
    await sql.end().catch(() => undefined);
  }
}

async function dataFolder(sql: pg.Client): Promise<string> {
  const { rows } = await sql.query<{ data_directory: string }>("SHOW data_directory");
  return rows[0]?.data_directory ?? "";
}

const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
