import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll } from "vitest";
import { startPostgres } from "../../../infra/local/postgres/postgres";
import { removeCluster } from "../../../infra/local/postgres/postgres-host";
import {
  startTestProcesses,
  type TestProcesses,
} from "../../../infra/testing/processes/start-test-processes";
import { startTcpProxy, type TcpProxy } from "../../../infra/testing/tcp-proxy";
import { type TestStack, useTestStack } from "../../../infra/testing/use-test-stack";
import { deployMigrations } from "../../../prisma/deploy-migrations";

export interface OwnPostgres {
  stack: TestStack;
  processes: TestProcesses;
  /** Between the product and the server; it can be cut, and it can hang. */
  wire: TcpProxy;
  /** The server's own, past the wire. */
  address(): string;
  /** Stops the server, keeps it away, and starts it again. */
  restart(awayMs: number): Promise<void>;
  /** Works on a connection that does not go through the wire. */
  connected<T>(work: (sql: pg.Client) => Promise<T>): Promise<T>;
}

/** The product on a PostgreSQL of its own that keeps what it has committed, and can be stopped. */
export async function useOwnPostgres(
  workers: number,
  env: Record<string, string> = {},
): Promise<OwnPostgres> {
  const home = mkdtempSync(join(tmpdir(), "agathaai-outage-"));
  chmodSync(home, 0o711);
  const options = { dir: join(home, "postgres"), password: "outage", logFile: join(home, "postgres.log") };
  let server = await startPostgres({ ...options, port: 0 });
  await deployMigrations(server.url());
  const wire = await startTcpProxy(server.port);
  const address = new URL(server.url());
  address.port = String(wire.port);
  const stack = await useTestStack({
    DATABASE_URL: address.href,
    DATABASE_QUERY_TIMEOUT_MS: "2000",
    WORKER_LEASE_MS: "5000",
    WORKER_RECOVER_INTERVAL_MS: "500",
    ...env,
  });
  const processes = await startTestProcesses({ server: true, workers });
  afterAll(async () => {
    await processes.kill();
    await wire.stop();
    await server.stop();
    removeCluster(options.dir);
    rmSync(home, { recursive: true, force: true });
  });
  return {
    stack,
    processes,
    wire,
    address: () => server.url(),
    restart: async (awayMs) => {
      const { port } = server;
      await server.stop();
      await sleep(awayMs);
      server = await startPostgres({ ...options, port });
    },
    connected: async (work) => {
      const sql = new pg.Client({ connectionString: server.url() });
      await sql.connect();
      try {
        return await work(sql);
      } finally {
        await sql.end();
      }
    },
  };
}
