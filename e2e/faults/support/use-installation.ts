import { queue } from "@agathaai/core/platform/queue/queue";
import pg from "pg";
import { afterAll, afterEach } from "vitest";
import {
  startTestProcesses,
  type TestProcesses,
} from "../../../infra/testing/processes/start-test-processes";
import { type TestStack, useTestStack } from "../../../infra/testing/use-test-stack";
import { type Customer, openCustomer } from "./open-customer";

export interface Installation {
  stack: TestStack;
  processes: TestProcesses;
  sql: pg.Client;
  /** A customer of its own for every test, so that the books of one hold nothing of another. */
  customer(): Promise<Customer>;
  /** Messages that no worker has answered for yet. */
  messagesLeft(): Promise<number>;
}

/** Short leases and frequent recovery, so that what a crash leaves behind is recovered within seconds. */
const quick = {
  WORKER_LEASE_MS: "5000",
  WORKER_RECOVER_INTERVAL_MS: "500",
  PROVIDER_TIMEOUT_MS: "2000",
  SHUTDOWN_GRACE_MS: "10000",
};

/** The real server and workers on an embedded stack of their own. */
export async function useInstallation(options: {
  workers: number;
  env?: Record<string, string>;
}): Promise<Installation> {
  const stack = await useTestStack({ ...quick, ...options.env });
  const sql = new pg.Client({ connectionString: stack.databaseUrl });
  await sql.connect();
  afterAll(() => sql.end());
  const processes = await startTestProcesses({ server: true, workers: options.workers });
  afterAll(() => queue().close());
  // A test that failed half-way must not leave a worker behind for the next one.
  const own = new Set(processes.workers);
  afterEach(async () => {
    for (const worker of processes.workers) if (!own.has(worker)) await worker.kill();
  });
  return {
    stack,
    processes,
    sql,
    customer: () => openCustomer(processes.url, sql),
    messagesLeft: async () => {
      const { standard } = await queue().depths();
      return standard.ready + standard.inFlight + standard.delayed;
    },
  };
}
