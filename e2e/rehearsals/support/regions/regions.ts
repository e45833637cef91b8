import type { ChildProcess } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { inject } from "vitest";
import { buildEntries, type Entry, ROOT } from "../../../../infra/commands/build";
import { createBucket, createQueues } from "../../../../infra/local/aws/aws-resources";
import { asRuntimeRole } from "../../../../infra/local/postgres/runtime-role";
import { until } from "../../../../infra/testing/until";
import type { Network } from "./network";
import type { RegionPostgres } from "./region-postgres";

const AWS_PORT = 4_566;

/** Starts SQS and S3 of a region. */
export async function startServices(network: Network, region: string): Promise<string> {
  const args = [
    "--import",
    "tsx",
    join(import.meta.dirname, "queues-and-objects.ts"),
    network.address(region),
    String(AWS_PORT),
    region,
  ];
  network.spawn(region, process.execPath, args, { cwd: ROOT, stdio: "ignore" });
  const endpoint = `http://${network.address(region)}:${AWS_PORT}`;
  await until(() =>
    fetch(endpoint, { signal: AbortSignal.timeout(1_000) }).then(
      () => true,
      () => false,
    ),
  );
  return endpoint;
}

export interface Processes {
  url: string;
  server: Running;
  worker: Running;
}

export interface Running {
  logs(): string;
  ended(): boolean;
  /** How often it has ended by itself; a supervisor starts it again. */
  ends(): number;
  kill(): Promise<void>;
}

export interface PlacementOptions {
  region: string;
  port: number;
  database: RegionPostgres;
  appPassword: string;
  /** Prefix of queues and bucket. */
  name: string;
  env: Record<string, string>;
}

/** Server and worker of a cell in one of its regions, as they run in production: on pools of three connections. */
export async function startPlacement(network: Network, options: PlacementOptions): Promise<Processes> {
  const { region, port, database, appPassword, name } = options;
  const endpoint = `http://${network.address(region)}:${AWS_PORT}`;
  const queues = await createQueues(endpoint, region, name);
  await createBucket(endpoint, name);
  const url = `http://${network.address(region)}:${port}`;
  const env = {
    ...process.env,
    PORT: String(port),
    APP_URL: url,
    NEXTAUTH_URL: url,
    LOG_LEVEL: "info",
    DATABASE_URL: asRuntimeRole(database.url(), appPassword),
    DATABASE_POOL_MAX: "3",
    AWS_REGION: region,
    SQS_ENDPOINT: endpoint,
    SQS_STANDARD_QUEUE_URL: queues.standard,
    SQS_ENTERPRISE_QUEUE_URL: queues.enterprise,
    SQS_DEAD_LETTER_QUEUE_URL: queues.deadLetter,
    S3_ENDPOINT: endpoint,
    S3_BUCKET: name,
    WORKER_CONCURRENCY: "8",
    WORKER_ENTERPRISE_CONCURRENCY: "8",
    WORKER_LEASE_MS: "5000",
    WORKER_RECOVER_INTERVAL_MS: "1000",
    SHUTDOWN_GRACE_MS: "3000",
    NODE_OPTIONS: "",
    ...options.env,
  };
  const start = (entry: Entry) => run(network, { region, entry, env, label: `${name}-${region}` });
  const [server, worker] = [start("server"), start("worker")];
  await until(
    () =>
      fetch(`${url}/api/health`, { signal: AbortSignal.timeout(1_000) }).then(
        ({ ok }) => ok,
        () => {
          if (server.ended()) throw new Error(`the server of ${name} in ${region} ended:\n${server.logs()}`);
          return false;
        },
      ),
    120_000,
  );
  return { url, server, worker };
}

export async function bundleProcesses(): Promise<void> {
  const { bundles } = inject("sharedServices");
  mkdirSync(join(bundles, "logs"), { recursive: true });
  await buildEntries(["server", "worker"], bundles, { packagesInside: true });
}

const RESTART_MS = 1_000;

let runs = 0;

function run(
  network: Network,
  { region, entry, env, label }: { region: string; entry: Entry; env: NodeJS.ProcessEnv; label: string },
): Running {
  const { bundles } = inject("sharedServices");
  runs += 1;
  const file = join(bundles, "logs", `${label}-${entry}-${runs}.log`);
  let killed = false;
  let ends = 0;
  let child: ChildProcess;
  let gone: Promise<void>;
  const start = () => {
    const log = openSync(file, "a", 0o600);
    child = network.spawn(region, process.execPath, [join(bundles, `${entry}.js`)], {
      cwd: ROOT,
      env,
      stdio: ["ignore", log, log],
    });
    closeSync(log);
    const started = child;
    gone = new Promise((resolve) =>
      started.once("exit", () => {
        resolve();
        if (killed) return;
        ends += 1;
        setTimeout(() => killed || start(), RESTART_MS);
      }),
    );
  };
  start();
  return {
    logs: () => readFileSync(file, "utf8"),
    ended: () => child.exitCode !== null || child.signalCode !== null,
    ends: () => ends,
    kill: async () => {
      killed = true;
      child.kill("SIGKILL");
      await gone;
    },
  };
}
