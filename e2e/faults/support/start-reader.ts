import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, chownSync, closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import pg from "pg";
import { preparePostgresHost } from "../../../infra/local/postgres/postgres-host";
import { systemPort } from "../../../infra/local/process/ports";
import { guard } from "../../../infra/local/process/watchdog";

/** A second PostgreSQL on this machine that follows `primary` (its address as the owner), from a backup of it. */
export async function startReader(primary: string): Promise<{ stop(): Promise<void> }> {
  const host = preparePostgresHost();
  const owned = (path: string, text: string) => {
    writeFileSync(path, text, { mode: 0o600 });
    if (host.account) chownSync(path, host.account.uid, host.account.gid);
  };
  const data = await copyOf(primary, owned);
  const { hostname, port, username, password } = new URL(primary);
  const to = `host=${hostname} port=${port} user=${username} password=${decodeURIComponent(password)}`;
  appendFileSync(join(data, "postgresql.auto.conf"), `primary_conninfo = '${to}'\n`);
  owned(join(data, "standby.signal"), "");

  const settings = {
    port: await systemPort(),
    listen_addresses: "127.0.0.1",
    unix_socket_directories: "",
    // As the one that it follows: a standby takes no less.
    max_connections: 200,
    shared_buffers: "32MB",
    wal_receiver_status_interval: "1s",
  };
  const log = openSync(`${data}.log`, "a");
  const server = spawn(
    join(host.programs, "postgres"),
    ["-D", data, ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])],
    { ...host.account, cwd: "/", stdio: ["ignore", log, log] },
  );
  closeSync(log);
  const standDown = server.pid === undefined ? () => {} : guard(server.pid, "INT");
  const exited = new Promise<void>((resolve) => server.once("exit", () => resolve()));
  return {
    stop: async () => {
      server.kill("SIGINT");
      await exited;
      standDown();
      rmSync(dirname(data), { recursive: true, force: true });
    },
  };
}

async function copyOf(primary: string, owned: (path: string, text: string) => void): Promise<string> {
  const sql = new pg.Client({ connectionString: primary });
  await sql.connect();
  try {
    const { rows } = await sql.query<{ data_directory: string }>("SHOW data_directory");
    const from = rows[0]?.data_directory ?? "";
    // Beside it, where PostgreSQL's account can reach it.
    const home = mkdtempSync(join(dirname(from), "reader-"));
    spawnSync("chown", ["--reference", from, home]);
    const data = join(home, "data");
    await sql.query("SELECT pg_backup_start('reader', fast => true)");
    spawnSync("cp", ["-a", from, data]);
    for (const file of ["postmaster.pid", "postmaster.opts"]) rmSync(join(data, file), { force: true });
    const stopped = await sql.query<{ labelfile: string }>("SELECT labelfile FROM pg_backup_stop()");
    owned(join(data, "backup_label"), stopped.rows[0]?.labelfile ?? "");
    return data;
  } finally {
    await sql.end();
  }
}
