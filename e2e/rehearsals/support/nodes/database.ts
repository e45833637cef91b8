import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { type Postgres, startPostgres } from "../../../../infra/local/postgres/postgres";
import { removeCluster } from "../../../../infra/local/postgres/postgres-host";
import { openRuntimeRole } from "../../../../infra/local/postgres/runtime-role";
import { deployMigrations } from "../../../../prisma/deploy-migrations";
import { mountSmallDisk, type SmallDisk } from "./small-disk";

export interface SmallDatabase {
  port: number;
  /** As its owner, past every wire. */
  url(): string;
  /** Undefined where this account may not mount one. */
  disk: SmallDisk | undefined;
  connected<T>(work: (sql: pg.Client) => Promise<T>): Promise<T>;
  /** Starts the server again on the same port if it has ended. */
  startAgain(): Promise<void>;
  remove(): Promise<void>;
}

const DISK_MB = 640;

/** A PostgreSQL on a disk of its own that can be filled. */
export async function startSmallDatabase(appPassword: string): Promise<SmallDatabase> {
  const home = mkdtempSync(join(tmpdir(), "agathaai-rehearsal-"));
  chmodSync(home, 0o711);
  const place = join(home, "disk");
  const disk = mountSmallDisk(place, DISK_MB);
  const options = {
    dir: join(place, "postgres"),
    password: "rehearsal",
    logFile: join(home, "postgres.log"),
  };
  let server: Postgres = await startPostgres({ ...options, port: 0 });
  const { port } = server;
  await deployMigrations(server.url());
  await openRuntimeRole(server.url(), appPassword);

  const connected = async <T>(work: (sql: pg.Client) => Promise<T>): Promise<T> => {
    const sql = new pg.Client({ connectionString: server.url(), connectionTimeoutMillis: 5_000 });
    sql.on("error", () => undefined);
    await sql.connect();
    try {
      return await work(sql);
    } finally {
      await sql.end();
    }
  };
  return {
    port,
    url: () => server.url(),
    disk,
    connected,
    startAgain: async () => {
      const answers = await connected((sql) => sql.query("SELECT 1")).then(
        () => true,
        () => false,
      );
      if (answers) return;
      await server.stop();
      server = await startPostgres({ ...options, port });
    },
    remove: async () => {
      await server.stop();
      removeCluster(options.dir);
      disk?.remove();
      rmSync(home, { recursive: true, force: true });
    },
  };
}
