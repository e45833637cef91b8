import { type ChildProcess, spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { inject } from "vitest";
import type { Entry } from "../../commands/build";
import { systemPort } from "../../local/process/ports";
import { guard } from "../../local/process/watchdog";
import { ROOT } from "./test-bundles";

export type TestProcess = {
  pid: number;
  /** Everything it has written so far. */
  logs(): string;
  /** Ends it with a signal, by default the one that leaves no time for anything, and waits until it is gone. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** SIGTERM; resolves to the exit code once it has drained. Throws when it takes longer than the limit. */
  stop(timeoutMs?: number): Promise<number | null>;
  exited: Promise<number | null>;
};

export type TestProcesses = {
  /** Address of the API server; without a server, an empty string. */
  url: string;
  server: TestProcess | undefined;
  workers: TestProcess[];
  /** Starts one more worker. */
  addWorker(env?: Record<string, string>): Promise<TestProcess>;
  /** Starts the server again, on the same port, after it was killed or stopped. */
  restartServer(env?: Record<string, string>): Promise<TestProcess>;
  kill(): Promise<void>;
  stop(): Promise<void>;
};

/** Survives a file's modules, which it may load anew. */
const host = globalThis as typeof globalThis & { agathaProcessEndings?: Set<() => Promise<void>> };
host.agathaProcessEndings ??= new Set();
const endings = host.agathaProcessEndings;

/** Kills what this test file has started, and lets it start nothing more. */
export async function endTestProcesses(): Promise<void> {
  const all = [...endings];
  endings.clear();
  await Promise.all(all.map((end) => end()));
}

const READY_TIMEOUT_MS = 60_000;
const BUNDLE_TIMEOUT_MS = 60_000;

/**
 * Runs the real server and workers as processes of their own, on the environment that `useTestStack` made.
 * Processes that are still running at the end of the file are killed.
 */
export async function startTestProcesses(options: {
  server?: boolean;
  workers?: number;
  env?: Record<string, string>;
}): Promise<TestProcesses> {
  const { server = false, workers = 0 } = options;
  const running: TestProcess[] = [];
  let ended = false;
  const kill = async () => {
    await Promise.all(running.map((process) => process.kill()));
  };
  endings.add(() => {
    ended = true;
    return kill();
  });
  const bundles = await bundle([...(server ? ["server" as const] : []), "worker"]);
  let port = await systemPort();
  const url = () => `http://127.0.0.1:${port}`;
  const start = async (entry: Entry, ready: (started: TestProcess) => Promise<boolean>, env = {}) => {
    // A hook that took too long still runs when its file has ended: nobody would end what it starts now.
    if (ended) throw new Error(`The test file ended before its ${entry} was started.`);
    const started = launch(entry, bundles, { PORT: String(port), LOG_LEVEL: "info", ...options.env, ...env });
    running.push(started);
    await untilReady(started, ready);
    return started;
  };
  const startServer = (env?: Record<string, string>) =>
    start("server", () => answers(`${url()}/api/health`), env);
  /** Tries again at another port: while the server loads its code, some outgoing connection may take the one it was given. */
  const startFirst = async (triesLeft = 3): Promise<TestProcess> => {
    try {
      return await startServer();
    } catch (error) {
      if (triesLeft === 1 || !String(error).includes("EADDRINUSE")) throw error;
      port = await systemPort();
      return await startFirst(triesLeft - 1);
    }
  };
  const addWorker = (env?: Record<string, string>) =>
    start("worker", async (worker) => worker.logs().includes("worker ready"), env);

  const [startedServer, ...startedWorkers] = await Promise.all([
    server ? startFirst() : undefined,
    ...Array.from({ length: workers }, () => addWorker()),
  ]);
  const processes: TestProcesses = {
    url: server ? url() : "",
    server: startedServer,
    workers: startedWorkers,
    addWorker: async (env) => {
      const worker = await addWorker(env);
      processes.workers.push(worker);
      return worker;
    },
    restartServer: async (env) => {
      processes.server = await startServer(env);
      return processes.server;
    },
    kill,
    stop: async () => {
      await Promise.all(running.map((process) => process.stop()));
    },
  };
  return processes;
}

/** Bundles each entry once a run, by the first test file that needs it; the others wait for it. */
async function bundle(entries: readonly Entry[]): Promise<string> {
  const { bundles } = inject("sharedServices");
  mkdirSync(bundles, { recursive: true });
  await Promise.all(entries.map((entry) => bundleOnce(entry, bundles)));
  return bundles;
}

async function bundleOnce(entry: Entry, outdir: string): Promise<void> {
  const built = join(outdir, `${entry}.built`);
  if (claim(join(outdir, `${entry}.building`))) {
    try {
      const { buildEntries } = await import("../../commands/build");
      await buildEntries([entry], outdir, { packagesInside: true });
      writeFileSync(built, "");
    } catch (error) {
      writeFileSync(built, String(error));
      throw error;
    }
    return;
  }
  for (const deadline = Date.now() + BUNDLE_TIMEOUT_MS; !existsSync(built); await sleep(50)) {
    if (Date.now() > deadline)
      throw new Error(`The ${entry} was not bundled within ${BUNDLE_TIMEOUT_MS} ms.`);
  }
  const failure = readFileSync(built, "utf8");
  if (failure !== "") throw new Error(failure);
}

/** True for the one caller, of all processes, that made the folder. */
function claim(dir: string): boolean {
  try {
    mkdirSync(dir);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

function launch(entry: Entry, bundles: string, env: Record<string, string>): TestProcess {
  const logFile = join(bundles, "logs", `${entry}-${randomUUID()}.log`);
  mkdirSync(join(bundles, "logs"), { recursive: true });
  const log = openSync(logFile, "a", 0o600);
  // Without source maps: reading them takes a fifth of a start, and these processes start by the dozen.
  const child = spawn(process.execPath, ["--max-semi-space-size=32", join(bundles, `${entry}.js`)], {
    cwd: ROOT,
    // The test runner's own options are not for the product.
    env: { ...process.env, NODE_OPTIONS: "", ...env },
    stdio: ["ignore", log, log],
  });
  closeSync(log);
  const { pid } = child;
  if (pid === undefined) throw new Error(`The ${entry} could not be started.`);
  const standDown = guard(pid, "KILL");
  const exited = new Promise<number | null>((resolve) => {
    child.once("exit", (code) => {
      standDown();
      resolve(code);
    });
  });
  return {
    pid,
    exited,
    logs: () => readFileSync(logFile, "utf8"),
    kill: async (signal = "SIGKILL") => {
      if (isRunning(child)) child.kill(signal);
      await exited;
    },
    stop: async (timeoutMs = 40_000) => {
      if (isRunning(child)) child.kill("SIGTERM");
      const late = sleep(timeoutMs, "late" as const, { ref: false });
      const result = await Promise.race([exited, late]);
      if (result === "late") throw new Error(`The ${entry} did not stop within ${timeoutMs} ms.`);
      return result;
    },
  };
}

const isRunning = (child: ChildProcess) => child.exitCode === null && child.signalCode === null;

async function untilReady(
  started: TestProcess,
  ready: (started: TestProcess) => Promise<boolean>,
): Promise<void> {
  let code: number | null | undefined;
  void started.exited.then((exit) => {
    code = exit;
  });
  for (const deadline = Date.now() + READY_TIMEOUT_MS; Date.now() < deadline; await sleep(20)) {
    if (code !== undefined) throw new Error(`It ended with ${code} before it was ready:\n${started.logs()}`);
    if (await ready(started)) return;
  }
  await started.kill();
  throw new Error(`It was not ready within ${READY_TIMEOUT_MS} ms:\n${started.logs()}`);
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(url, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}
