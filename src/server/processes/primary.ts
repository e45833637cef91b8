import cluster, { type Worker } from "node:cluster";
import { backoff } from "@agathaai/core/platform/concurrency/backoff";
import { log } from "@agathaai/core/platform/observability/log";
import { relayMetrics } from "./relay-metrics";

const RESTART_PAUSE = { baseMs: 500, capMs: 15_000, jitter: "equal" } as const;
/** After so long without a crash pauses start from the shortest again. */
const HEALTHY_MS = 30_000;

/**
 * Runs the server `count` times on one port: this process only takes connections and hands them around. What they share
 * (limits, quotas, calls) is in PostgreSQL, as between machines. One that crashes is started again; one that cannot even
 * start ends all of them, so that a wrong configuration is seen.
 */
export function runProcesses(count: number): void {
  let stopping = false;
  let code = 0;
  let crashes = 0;
  let crashedAt = Number.NEGATIVE_INFINITY;
  const listening = new WeakSet<Worker>();

  const stop = (exitCode: number) => {
    code = Math.max(code, exitCode);
    if (!stopping) {
      stopping = true;
      for (const worker of workers()) worker.process.kill("SIGTERM");
    }
    if (workers().length === 0) process.exit(code);
  };
  cluster.on("listening", (worker) => listening.add(worker));
  cluster.on("exit", (worker, exitCode, signal) => {
    // One that was still starting ends by the signal itself.
    if (stopping) return stop(signal === "SIGTERM" ? 0 : (exitCode ?? 1));
    if (!listening.has(worker)) return stop(1);
    const now = performance.now();
    crashes = now - crashedAt > HEALTHY_MS ? 0 : crashes + 1;
    crashedAt = now;
    log().error({ pid: worker.process.pid, code: exitCode, signal }, "a server process ended");
    setTimeout(
      () => {
        if (!stopping) cluster.fork();
      },
      backoff(crashes, RESTART_PAUSE),
    );
  });
  relayMetrics();
  process.on("SIGTERM", () => stop(0));
  process.on("SIGINT", () => stop(0));
  for (let started = 0; started < count; started++) cluster.fork();
}

function workers(): Worker[] {
  return Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
}
