import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { type Postgres, startPostgres } from "../../../infra/local/postgres/postgres";
import { removeCluster } from "../../../infra/local/postgres/postgres-host";
import { until } from "../../../infra/testing/until";

/** How long a commit may wait for its segment of the log to be archived: what a lost disk can cost at most. */
export const ARCHIVE_TIMEOUT_S = 5;

export interface ArchivedPostgres {
  url(): string;
  connected<T>(work: (sql: pg.Client) => Promise<T>): Promise<T>;
  /** A base backup by PostgreSQL's low-level API, while the server is in use. */
  backUp(): Promise<void>;
  /** Everything committed so far is in the archive when this resolves. */
  archiveNow(): Promise<void>;
  /** kill -9 to the server and every one of its processes; then its data folder is deleted. */
  lose(): Promise<void>;
  /** The backup and the archived log, up to a moment or to their end, on the same port. */
  restore(moment?: Date): Promise<void>;
  remove(): Promise<void>;
}

/**
 * A PostgreSQL that keeps a continuous archive of its log, and can be lost. "Continuous Archiving and Point-in-Time Recovery",
 * chapter 25.3 of PostgreSQL's manual.
 */
export async function startArchivedPostgres(): Promise<ArchivedPostgres> {
  const home = mkdtempSync(join(tmpdir(), "agathaai-rehearsal-"));
  chmodSync(home, 0o711);
  const options = { dir: join(home, "postgres"), password: "rehearsal", logFile: join(home, "postgres.log") };
  const backup = join(home, "backup");
  const archive = join(home, "archive");
  let server: Postgres = await startPostgres({ ...options, port: 0 });
  const { port } = server;

  const connected = async <T>(work: (sql: pg.Client) => Promise<T>): Promise<T> => {
    const sql = new pg.Client({ connectionString: server.url() });
    await sql.connect();
    try {
      return await work(sql);
    } finally {
      await sql.end();
    }
  };
  const data = await connected(async (sql) => {
    const { rows } = await sql.query<{ data_directory: string }>("SHOW data_directory");
    return rows[0]?.data_directory ?? "";
  });
  const owner = statSync(data);
  const ownedFolder = (path: string) => {
    mkdirSync(path);
    chmodSync(path, 0o700);
    chownSync(path, owner.uid, owner.gid);
  };
  const ownedFile = (path: string, text: string) => {
    writeFileSync(path, text, { mode: 0o600 });
    chownSync(path, owner.uid, owner.gid);
  };
  ownedFolder(archive);
  await connected(async (sql) => {
    await sql.query("ALTER SYSTEM SET archive_mode = on");
    await sql.query(`ALTER SYSTEM SET archive_command = 'test ! -f ${archive}/%f && cp %p ${archive}/%f'`);
    await sql.query(`ALTER SYSTEM SET archive_timeout = ${ARCHIVE_TIMEOUT_S}`);
  });
  await server.stop();
  server = await startPostgres({ ...options, port });

  return {
    url: () => server.url(),
    connected,
    backUp: () =>
      connected(async (sql) => {
        await sql.query("SELECT pg_backup_start('rehearsal', fast => true)");
        copy(data, backup);
        for (const file of ["postmaster.pid", "postmaster.opts"]) rmSync(join(backup, file), { force: true });
        for (const segment of readdirSync(join(backup, "pg_wal"), { withFileTypes: true })) {
          if (segment.isFile()) rmSync(join(backup, "pg_wal", segment.name));
        }
        const { rows } = await sql.query<{ labelfile: string }>("SELECT labelfile FROM pg_backup_stop()");
        ownedFile(join(backup, "backup_label"), rows[0]?.labelfile ?? "");
      }),
    archiveNow: () =>
      connected(async (sql) => {
        const { rows } = await sql.query<{ segment: string }>(
          "SELECT pg_walfile_name(pg_current_wal_lsn()) AS segment, pg_switch_wal()",
        );
        const segment = rows[0]?.segment ?? "";
        await until(async () => {
          const { rows: archived } = await sql.query<{ done: boolean }>(
            "SELECT last_archived_wal >= $1 AS done FROM pg_stat_archiver",
            [segment],
          );
          return archived[0]?.done === true;
        });
      }),
    lose: async () => {
      const pid = Number(readFileSync(join(data, "postmaster.pid"), "utf8").split("\n", 1)[0]);
      const { rows } = await connected((sql) =>
        sql.query<{ pid: number }>("SELECT pid FROM pg_stat_activity WHERE pid <> pg_backend_pid()"),
      );
      for (const process_ of [pid, ...rows.map((row) => row.pid)]) {
        try {
          process.kill(process_, "SIGKILL");
        } catch {
          // Its parent's end has ended it.
        }
      }
      await server.stop();
      rmSync(data, { recursive: true });
    },
    restore: async (moment) => {
      copy(backup, data);
      appendFileSync(
        join(data, "postgresql.auto.conf"),
        [
          `restore_command = 'cp ${archive}/%f %p'`,
          "recovery_target_action = 'promote'",
          ...(moment ? [`recovery_target_time = '${moment.toISOString().replace("Z", "+00")}'`] : []),
          "",
        ].join("\n"),
      );
      ownedFile(join(data, "recovery.signal"), "");
      server = await startPostgres({ ...options, port });
      // It answers readers before it has reached its moment.
      await until(() =>
        connected(async (sql) => {
          const { rows } = await sql.query<{ writable: boolean }>(
            "SELECT NOT pg_is_in_recovery() AS writable",
          );
          return rows[0]?.writable === true;
        }),
      );
    },
    remove: async () => {
      await server.stop();
      removeCluster(options.dir);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** With owners and modes. A file that the server removes meanwhile is none of the backup's: its log says so. */
function copy(from: string, to: string): void {
  spawnSync("cp", ["-a", from, to]);
}
