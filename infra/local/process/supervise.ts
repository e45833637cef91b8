import { type ChildProcess, spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { setPriority } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { openLog, tail } from "./log-file";
import { guard } from "./watchdog";

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 15_000;
/** After this long without a crash, pauses between restarts start from the shortest again. */
const HEALTHY_MS = 30_000;

export type Supervised = {
  /** Rejects when the process ends before it is ready. */
  ready(check: () => Promise<boolean>, timeoutMs: number): Promise<void>;
  /** Sends SIGTERM, and after the limit SIGKILL. */
  stop(timeoutMs: number): Promise<void>;
  kill(): void;
};

/**
 * Keeps one process of the product running: after a crash it is restarted, with growing pauses. It has a process group
 * of its own, so that Ctrl-C in the terminal reaches it only through `stop`, in the right order.
 */
export function supervise(options: {
  name: string;
  args: readonly string[];
  cwd: string;
  env: Record<string, string>;
  /** By how much others go first, 0 to 19 (`nice`). */
  niceness?: number;
  /** The file for its output; without one it goes to the terminal. */
  logFile?: string;
  onCrash(message: string): void;
}): Supervised {
  let stopping = false;
  let wasReady = false;
  let pause = FIRST_PAUSE_MS;
  let child: ChildProcess | undefined;
  let diedEarly: Error | undefined;
  let ended = Promise.resolve();

  const launch = () => {
    const output = options.logFile === undefined ? ("inherit" as const) : openLog(options.logFile);
    const began = Date.now();
    const started = spawn(process.execPath, options.args, {
      cwd: options.cwd,
      env: { NODE_ENV: "production", ...options.env },
      detached: true,
      stdio: ["ignore", output, output],
    });
    if (typeof output === "number") closeSync(output);
    child = started;
    if (started.pid !== undefined && options.niceness !== undefined)
      setPriority(started.pid, options.niceness);
    const standDown = started.pid === undefined ? () => {} : guard(-started.pid, "KILL");
    ended = new Promise((resolve) => {
      const over = (how: string) => {
        standDown();
        resolve();
        if (!stopping) crashed(how, Date.now() - began);
      };
      started.once("error", (error) => over(error.message));
      started.once("exit", (code, signal) => over(signal ?? `exit code ${code}`));
    });
  };
  const crashed = (how: string, lived: number) => {
    const where = options.logFile === undefined ? "" : ` Its log: ${options.logFile}`;
    if (!wasReady) {
      const said = options.logFile === undefined ? "" : `\n${tail(options.logFile)}`;
      diedEarly = new Error(`The ${options.name} could not start (${how}).${where}${said}`);
      return;
    }
    pause = lived > HEALTHY_MS ? FIRST_PAUSE_MS : Math.min(pause * 2, LONGEST_PAUSE_MS);
    options.onCrash(`The ${options.name} ended (${how}) and starts again in ${pause / 1000} s.${where}`);
    setTimeout(() => {
      if (!stopping) launch();
    }, pause).unref();
  };
  launch();

  return {
    ready: async (check, timeoutMs) => {
      for (const deadline = Date.now() + timeoutMs; ; await sleep(50)) {
        if (diedEarly !== undefined) throw diedEarly;
        if (await check()) break;
        if (Date.now() > deadline)
          throw new Error(`The ${options.name} was not ready within ${timeoutMs / 1000} s.`);
      }
      wasReady = true;
    },
    stop: async (timeoutMs) => {
      stopping = true;
      signalGroup(child, "SIGTERM");
      await Promise.race([ended, sleep(timeoutMs, undefined, { ref: false })]);
      signalGroup(child, "SIGKILL");
      await ended;
    },
    kill: () => {
      stopping = true;
      signalGroup(child, "SIGKILL");
    },
  };
}

function signalGroup(child: ChildProcess | undefined, signal: NodeJS.Signals): void {
  if (child?.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group has already ended.
  }
}
