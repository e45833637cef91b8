import { afterAll, vi } from "vitest";

/*
 * Setup of every test file. Files share processes, so that packages are loaded and compiled once a process and not once
 * a file. What is ours is new for each file: modules, singletons, environment, listeners of the process.
 */

const EVENTS = ["SIGTERM", "SIGINT", "SIGHUP", "exit", "uncaughtException", "unhandledRejection"] as const;

interface Process {
  env: NodeJS.ProcessEnv;
  directory: string;
  fetch: typeof fetch;
  listeners: ReadonlyMap<string, ReadonlySet<unknown>>;
}

/** Survives the files, as this module does not. */
const host = globalThis as typeof globalThis & {
  agathaSingletons?: Map<string, unknown>;
  agathaFreshProcess?: Process;
};
host.agathaFreshProcess ??= {
  env: { ...process.env },
  directory: process.cwd(),
  fetch: globalThis.fetch,
  listeners: new Map(EVENTS.map((event) => [event, new Set(listenersOf(event))])),
};
const fresh = host.agathaFreshProcess;

restore();

// Hooks that are registered first run last: after everything that the file itself closes.
afterAll(restore);

function restore(): void {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  vi.resetModules();
  host.agathaSingletons?.clear();
  for (const name of Object.keys(process.env)) if (!(name in fresh.env)) delete process.env[name];
  Object.assign(process.env, fresh.env);
  if (process.cwd() !== fresh.directory) process.chdir(fresh.directory);
  globalThis.fetch = fresh.fetch;
  for (const event of EVENTS) {
    for (const listener of listenersOf(event)) {
      if (!fresh.listeners.get(event)?.has(listener)) process.off(event, listener);
    }
  }
}

function listenersOf(event: string): ((...args: unknown[]) => void)[] {
  return process.listeners(event as "exit") as ((...args: unknown[]) => void)[];
}
