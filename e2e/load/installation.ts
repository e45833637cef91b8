import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { chmodSync, closeSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { buildEntries, type Entry, ROOT } from "../../infra/commands/build";
import { startPostgres } from "../../infra/local/postgres/postgres";
import { removeCluster } from "../../infra/local/postgres/postgres-host";
import { openLog, tail } from "../../infra/local/process/log-file";
import { NODE_FLAGS } from "../../infra/local/process/node-flags";
import { systemPort } from "../../infra/local/process/ports";
import { guard } from "../../infra/local/process/watchdog";
import { startStack } from "../../infra/local/stack";
import { startRedis } from "../../infra/testing/redis/start-redis";
import { deployMigrations } from "../../prisma/deploy-migrations";
import type { Db } from "../../src/core/platform";
import { createDb } from "../../src/core/platform/db/client";
import { childNamed, cpuSecondsOf } from "./cpu-time";

export type Part = "server" | "worker" | "postgres" | "queue" | "redis";

export interface Installation {
  port: number;
  db: Db;
  databaseUrl: string;
  start(entry: "server" | "worker"): Promise<void>;
  stop(entry: "server" | "worker"): Promise<void>;
  /** -1 while it does not run. */
  pid(entry: "server" | "worker"): number;
  /** CPU seconds so far of each part that runs. `queue` is this process: SQS and the provider simulators. */
  cpu(): Record<Part, number>;
  close(): Promise<void>;
}

export interface InstallationOptions {
  redis: boolean;
  /** Where processes write V8 CPU profiles when they end. */
  profileDir?: string | undefined;
  /** Beside or instead of what the stack gives, such as another provider's address. */
  env?: Record<string, string>;
  /** Put before the server's command, such as `taskset -c 0`. */
  prefix?: readonly string[];
}

const STOP_MS = 60_000;

/** The production bundles on the embedded stack in a folder of their own, on the loopback address. */
export async function openInstallation(options: InstallationOptions): Promise<Installation> {
  const home = mkdtempSync(join(tmpdir(), "agathaai-bench-"));
  chmodSync(home, 0o711); // As root, the database runs under another account, which has to pass through.
  const bundles = join(ROOT, "dist", `bench-${process.pid}`);
  const running = new Map<string, ChildProcess>();
  const undo: (() => Promise<unknown> | unknown)[] = [
    () => {
      removeCluster(join(home, "postgres"));
      rmSync(home, { recursive: true, force: true });
      rmSync(bundles, { recursive: true, force: true });
    },
  ];
  const close = async () => {
    await Promise.all([...running.keys()].map((name) => stop(name)));
    for (const step of undo.splice(0).reverse()) await step();
  };
  const stop = async (name: string) => {
    const child = running.get(name);
    running.delete(name);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    const late = sleep(STOP_MS, undefined, { ref: false }).then(() => child.kill("SIGKILL"));
    await Promise.race([ended, late]);
  };

  const pid = (entry: "server" | "worker") => running.get(entry)?.pid ?? -1;

  try {
    mkdirSync(join(home, "logs"));
    const port = await systemPort();
    const given = {
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
      NODE_ENV: "production",
      SERVE: "api",
      PORT: String(port),
      APP_URL: `http://localhost:${port}`,
      NEXTAUTH_URL: `http://localhost:${port}`,
      // Every simulated caller has an address of its own, as behind one load balancer.
      TRUSTED_PROXY_HOPS: "1",
      SIM_LATENCY_MS: "0",
      SIM_TOKEN_LATENCY_MS: "0",
      ...options.env,
    };
    Object.assign(process.env, given);
    const redis = options.redis ? await startRedis() : undefined;
    if (redis !== undefined) undo.push(redis.stop);
    const password = randomUUID();
    const postgres = await startPostgres({
      dir: join(home, "postgres"),
      port: 0,
      password,
      logFile: join(home, "logs", "postgres.log"),
    });
    undo.push(postgres.stop);
    const databaseUrl = postgres.url();
    const [stack] = await Promise.all([
      startStack({ dataDir: home, env: { ...given, DATABASE_URL: databaseUrl } }),
      buildEntries(["server", "worker"], bundles),
    ]);
    undo.push(stack.stop);
    const env: Record<string, string> = {
      ...stack.env,
      ...(redis === undefined ? {} : { REDIS_URL: redis.url }),
    };
    // This process, too, calls the product's own code: accounts and keys are made with it.
    Object.assign(process.env, env);
    await deployMigrations(databaseUrl);
    const db = createDb({ url: databaseUrl, poolMax: 4 });
    undo.push(() => db.$disconnect());

    return {
      port,
      db,
      databaseUrl,
      start: async (entry) => {
        running.set(entry, launch(entry, { ...options, home, bundles, env }));
        await untilReady(entry, running.get(entry), home, port);
      },
      stop,
      pid,
      cpu: () => ({
        server: cpuSecondsOf(pid("server")),
        worker: cpuSecondsOf(pid("worker")),
        postgres: cpuSecondsOf(postmaster(home)),
        queue: process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6,
        redis: cpuSecondsOf(childNamed("redis-server")),
      }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface Launch extends Pick<InstallationOptions, "profileDir" | "prefix"> {
  home: string;
  bundles: string;
  env: Record<string, string>;
}

function launch(entry: Entry, { home, bundles, env, profileDir, prefix = [] }: Launch): ChildProcess {
  const log = openLog(join(home, "logs", `${entry}.log`));
  const profile = profileDir === undefined ? [] : ["--cpu-prof", `--cpu-prof-dir=${profileDir}`];
  const node = [process.execPath, ...profile, ...NODE_FLAGS, join(bundles, `${entry}.js`)];
  const [command = process.execPath, ...args] = entry === "server" ? [...prefix, ...node] : node;
  const child = spawn(command, args, {
    cwd: ROOT,
    env: { NODE_ENV: "production", PATH: process.env.PATH ?? "", ...env },
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  if (child.pid !== undefined) child.once("exit", guard(child.pid, "KILL"));
  return child;
}

async function untilReady(entry: Entry, child: ChildProcess | undefined, home: string, port: number) {
  const logFile = join(home, "logs", `${entry}.log`);
  for (const deadline = Date.now() + 60_000; ; await sleep(50)) {
    if (entry === "worker" && readFileSync(logFile, "utf8").includes("worker ready")) return;
    const answer = await fetch(`http://127.0.0.1:${port}/api/ready`).catch(() => undefined);
    if (entry === "server" && answer?.ok) return;
    if (child?.exitCode !== null || Date.now() > deadline)
      throw new Error(`The ${entry} did not start.\n${tail(logFile)}`);
  }
}

/** The main process of PostgreSQL, from its own pid file; -1 where it cannot be read. */
function postmaster(home: string): number {
  try {
    return Number(readFileSync(join(home, "postgres", "cluster", "postmaster.pid"), "utf8").split("\n")[0]);
  } catch {
    return -1;
  }
}
