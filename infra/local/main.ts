import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { providerIds, providers } from "../../src/shared/providers";
import { ROOT } from "../commands/build";
import { buildPortal, buildServer, generateClient, stopBuilds } from "./build/build-product";
import { lockDataDir, prepareDataDir, resetDataDir } from "./data/data-dir";
import { type Demo, type PreparedData, prepareData } from "./postgres/prepare-data";
import { NODE_FLAGS, WORKER_NICENESS } from "./process/node-flags";
import { isFree, rememberPorts } from "./process/ports";
import { type Supervised, supervise } from "./process/supervise";
import { readEnvironment, type Stack } from "./stack";

const PREFERRED_PORT = 3_000;
const READY_TIMEOUT_MS = 120_000;
const DRAIN_TIMEOUT_MS = 35_000;

const { values: flags } = parseArgs({
  options: { dev: { type: "boolean", default: false }, reset: { type: "boolean", default: false } },
});
const began = Date.now();
const say = (message: string) => console.log(`  ${message}`);

/** Undone in reverse order, whatever the reason to stop. */
const undo: (() => Promise<void> | void)[] = [];
const children: Supervised[] = [];
let stopping: Promise<void> | undefined;

async function start(): Promise<void> {
  const given = readEnvironment(join(ROOT, ".env"));
  const dataDir = resolve(ROOT, given.AGATHA_DATA_DIR ?? ".agatha");
  if (flags.reset) {
    resetDataDir(dataDir);
    say(`Deleted ${dataDir}. The next start begins afresh.`);
    return;
  }
  console.log(`\nAgathaAI ${flags.dev ? "(development)" : ""}`);
  prepareDataDir(dataDir);
  undo.push(lockDataDir(dataDir));

  const port = await pickPort(given.PORT, dataDir);
  const logDir = join(dataDir, "logs");
  await generateClient(say, logDir);
  const appUrl = given.APP_URL ?? `http://localhost:${port}`;
  const base = {
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    ...given,
    PORT: String(port),
    APP_URL: appUrl,
    NEXTAUTH_URL: given.NEXTAUTH_URL ?? appUrl,
  };
  Object.assign(process.env, base);
  const mode = { NODE_ENV: flags.dev ? "development" : (given.NODE_ENV ?? "production") };

  const preparing = prepare(dataDir, { ...base, ...mode });
  const building = flags.dev ? Promise.resolve() : buildAll(logDir, base);
  const [{ stack, demo }] = await Promise.all([preparing, building]);
  if (stopping !== undefined) return;

  await runProduct(stack.env, flags.dev ? undefined : logDir);
  announce({ appUrl, stack, demo, logDir });
}

async function prepare(dataDir: string, env: Record<string, string>): Promise<PreparedData> {
  return prepareData({ dataDir, env, say, onStarted: (stack) => undo.push(stack.stop) });
}

async function buildAll(logDir: string, env: Record<string, string>): Promise<void> {
  await buildServer(say);
  await buildPortal(say, logDir, env);
}

/** PORT is binding. Without it the last port is used again, or the next free one from 3000. */
async function pickPort(wanted: string | undefined, dataDir: string): Promise<number> {
  if (wanted === undefined) {
    const port = await rememberPorts(dataDir)("portal", PREFERRED_PORT);
    if (port !== PREFERRED_PORT) say(`Port ${PREFERRED_PORT} is taken or was taken before; using ${port}.`);
    return port;
  }
  const port = Number(wanted);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Error(`PORT must be 1 to 65535, not "${wanted}".`);
  if (await isFree(port)) return port;
  throw new Error(
    `Port ${port} is taken. Stop what uses it, set PORT to another one, or unset PORT to get a free one.`,
  );
}

async function runProduct(env: Record<string, string>, logDir: string | undefined): Promise<void> {
  const run = (name: string, source: string, niceness = 0) =>
    supervise({
      name,
      niceness,
      cwd: ROOT,
      env,
      args: flags.dev
        ? [join(ROOT, "node_modules/tsx/dist/cli.mjs"), "watch", "--clear-screen=false", source]
        : [...NODE_FLAGS, join(ROOT, "dist", `${name}.js`)],
      ...(logDir === undefined ? {} : { logFile: join(logDir, `${name}.log`) }),
      onCrash: say,
    });
  const server = run("server", "src/server/main.ts");
  const worker = run("worker", "src/worker/consumer.ts", WORKER_NICENESS);
  children.push(server, worker);
  const answers = async () => {
    const ready = await fetch(`http://127.0.0.1:${env.PORT}/api/ready`).catch(() => undefined);
    return ready?.ok ?? false;
  };
  await Promise.all([
    server.ready(answers, READY_TIMEOUT_MS),
    worker.ready(async () => true, READY_TIMEOUT_MS),
  ]);
}

function announce({
  appUrl,
  stack,
  demo,
  logDir,
}: {
  appUrl: string;
  stack: Stack;
  demo: Demo | undefined;
  logDir: string;
}): void {
  const { mailbox, stripe } = stack.services;
  const simulated = providerIds
    .filter((id) => stack.services[id] !== undefined)
    .map((id) => providers[id].displayName);
  const lines = [
    "",
    `  Portal     ${appUrl}`,
    ...(mailbox === undefined ? [] : [`  Mailbox    ${mailbox}`]),
    ...(stripe === undefined ? [] : [`  Payments   ${stripe}  (simulated: no money moves)`]),
    ...(demo === undefined ? [] : logins(demo)),
    ...(flags.dev ? [] : [`  Logs       ${logDir}`]),
    "",
    ...(demo === undefined ? withoutDemo(appUrl) : firstCompletion(appUrl, demo)),
    "",
    ...(simulated.length === 0
      ? []
      : [`  ${simulated.join(", ")}: simulated here. A key in .env switches to the real one.`]),
    `  Ready in ${((Date.now() - began) / 1000).toFixed(1)} s. Ctrl-C stops everything; the data stays.`,
    "",
  ];
  console.log(lines.join("\n"));
}

function logins(demo: Demo): string[] {
  return [
    `  Sign in    ${demo.email}  ${demo.password}`,
    `  Operator   ${demo.operator.email}  ${demo.operator.password}`,
  ];
}

function firstCompletion(appUrl: string, { apiKey }: Demo): string[] {
  const messages = [{ role: "user", content: "Name three things that agates are used for." }];
  const body = JSON.stringify({ model: "gpt-4o", messages });
  return [
    "  A first completion, to paste into another terminal:",
    "",
    `curl -s ${appUrl}/v1/chat/completions -H 'Authorization: Bearer ${apiKey}' -H 'Content-Type: application/json' -d '${body}'`,
  ];
}

function withoutDemo(appUrl: string): string[] {
  return [
    "  No demo accounts: they exist only in a database that this command starts itself, at a loopback address.",
    `  Sign up at ${appUrl}/sign-up; "npm run operator -- grant <email>" makes an operator.`,
  ];
}

/** The product's processes drain first, then the services they use stop. */
function stop(): Promise<void> {
  stopping ??= (async () => {
    stopBuilds();
    await Promise.all(children.map((child) => child.stop(DRAIN_TIMEOUT_MS)));
    for (const step of undo.reverse()) await step();
  })();
  return stopping;
}

const REPEAT_MS = 1_000;
let firstSignal = 0;

/** npm passes on the Ctrl-C that the terminal has already sent, so only a later one means "at once". */
function onSignal(signal: NodeJS.Signals): void {
  if (firstSignal === 0) {
    firstSignal = Date.now();
    console.log("\n  Stopping. Work in progress is finished first; Ctrl-C again stops at once.");
    stop().then(
      () => process.exit(0),
      (error: unknown) => giveUp(error),
    );
  } else if (Date.now() - firstSignal > REPEAT_MS) {
    console.log(`  ${signal} again: stopping at once.`);
    for (const child of children) child.kill();
  }
}

function giveUp(error: unknown): never {
  console.error(`\n  ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, onSignal);

start().catch(async (error: unknown) => {
  if (stopping !== undefined) return; // The interrupted step throws; the signal handler reports.
  await stop().catch(() => {});
  giveUp(error);
});
