import { existsSync } from "node:fs";
import { join } from "node:path";
import { EnvError, parseEnv } from "../../src/core/platform/env";
import { NODE_FLAGS } from "../local/process/node-flags";
import { type Supervised, supervise } from "../local/process/supervise";
import { ROOT } from "./build";
import { insecureProblem } from "./insecure";

const PROCESSES_BUILT = ["dist/server.js", "dist/worker.js"];
const PAGES_BUILT = ".next/BUILD_ID";
const READY_TIMEOUT_MS = 120_000;
/** Added to the time the processes take to drain. */
const STOP_MARGIN_MS = 10_000;

/** A message for the person who starts the product; it names variables, never their values. */
class Refusal extends Error {}

const children: Supervised[] = [];
let stopping: Promise<void> | undefined;

/**
 * `npm run start:production`: server and worker, configured by the environment alone. Nothing local is started, nothing
 * is written to the database, and no connection may be plaintext unless ALLOW_INSECURE names it.
 */
async function start(): Promise<void> {
  // The serving processes must not get the database owner's credentials.
  const { MIGRATION_DATABASE_URL: _, ...given } = process.env;
  const environment = withoutEmpty({ ...given, NODE_ENV: "production" });
  const env = parseEnv(environment);
  const problem = insecureProblem(environment);
  if (problem !== undefined) throw new Refusal(problem);
  const built = env.SERVE === "all" ? [...PROCESSES_BUILT, PAGES_BUILT] : PROCESSES_BUILT;
  const missing = built.filter((path) => !existsSync(join(ROOT, path)));
  if (missing.length > 0) throw new Refusal(`Run "npm run build" first: ${missing.join(", ")} not found.`);
  if (stopping !== undefined) return;

  const run = (name: "server" | "worker") => {
    const child = supervise({
      name,
      cwd: ROOT,
      env: environment,
      args: [...NODE_FLAGS, join(ROOT, "dist", `${name}.js`)],
      onCrash: say,
    });
    children.push(child);
    return child;
  };
  const answers = async () => {
    const health = await fetch(`http://127.0.0.1:${env.PORT}/api/health`).catch(() => undefined);
    return health?.ok ?? false;
  };
  await Promise.all([
    run("server").ready(answers, READY_TIMEOUT_MS),
    run("worker").ready(async () => true, READY_TIMEOUT_MS),
  ]);
  say(`AgathaAI serves ${env.APP_URL} on port ${env.PORT}.`);
}

function stop(): Promise<void> {
  const graceMs = Number(process.env.SHUTDOWN_GRACE_MS ?? 25_000);
  stopping ??= Promise.all(children.map((child) => child.stop(graceMs + STOP_MARGIN_MS))).then(() => {});
  return stopping;
}

function withoutEmpty(env: NodeJS.Dict<string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter(
      (entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== "",
    ),
  );
}

function say(message: string): void {
  console.log(message);
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => void stop().then(() => process.exit(0)));
}

start().catch(async (error: unknown) => {
  if (stopping !== undefined) return;
  const expected = error instanceof Refusal || error instanceof EnvError;
  console.error(expected ? error.message : error);
  await stop();
  process.exit(1);
});
