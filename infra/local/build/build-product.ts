import { spawn } from "node:child_process";
import { closeSync, rmSync } from "node:fs";
import { join } from "node:path";
import { stop as stopBundler } from "esbuild";
import { buildEntries, ROOT } from "../../commands/build";
import { openLog, tail } from "../process/log-file";
import { makeIfStale } from "./freshness";

type Log = (message: string) => void;

const NODE_MODULES = join(ROOT, "node_modules");
const CONFIGURATION = ["package-lock.json", "package.json", "tsconfig.json"];

/** Generates Prisma's client when the schema has changed. It needs no database and downloads nothing. */
export async function generateClient(log: Log, logDir: string): Promise<void> {
  await makeIfStale({
    root: ROOT,
    inputs: ["prisma/schema.prisma", "prisma.config.ts", "package-lock.json"],
    artifact: join(ROOT, "src/core/platform/db/generated"),
    stamp: join(ROOT, "src/core/platform/db/generated/.agatha-stamp"),
    make: async () => {
      log("Generating the database client …");
      await run("prisma generate", [join(NODE_MODULES, "prisma/build/index.js"), "generate"], logDir, {});
    },
  });
}

/** Bundles server and worker. */
export async function buildServer(log: Log): Promise<void> {
  await makeIfStale({
    root: ROOT,
    inputs: [
      ...CONFIGURATION,
      "src/core",
      "src/server",
      "src/worker",
      "infra/commands/build.ts",
      "prisma/schema.prisma",
    ],
    artifact: join(ROOT, "dist/server.js"),
    stamp: join(ROOT, "dist/.agatha-stamp"),
    make: async () => {
      log("Building server and worker …");
      await buildEntries(["server", "worker", "lambda"]);
      await stopBundler();
    },
  });
}

/** Builds the portal's pages for production. */
export async function buildPortal(log: Log, logDir: string, env: Record<string, string>): Promise<void> {
  await makeIfStale({
    root: ROOT,
    inputs: [
      ...CONFIGURATION,
      "src",
      "public",
      "docs",
      "next.config.mjs",
      "postcss.config.mjs",
      "tailwind.config.ts",
      "prisma/schema.prisma",
    ],
    artifact: join(ROOT, ".next/BUILD_ID"),
    stamp: join(ROOT, ".next/.agatha-stamp"),
    make: async () => {
      log("Building the portal (about a minute, once) …");
      const next = [join(NODE_MODULES, "next/dist/bin/next"), "build"];
      await run("next build", next, logDir, { ...env, NODE_ENV: "production" });
    },
  });
}

const running = new Set<() => void>();

/** Ends running builds. */
export function stopBuilds(): void {
  for (const stop of running) stop();
}

async function run(
  name: string,
  args: readonly string[],
  logDir: string,
  env: Record<string, string>,
): Promise<void> {
  const logFile = join(logDir, `${name.replace(" ", "-")}.log`);
  rmSync(logFile, { force: true });
  const output = openLog(logFile);
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, NODE_ENV: "production", ...env },
    stdio: ["ignore", output, output],
  });
  closeSync(output);
  const stop = () => child.kill("SIGTERM");
  running.add(stop);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", resolve);
  }).finally(() => running.delete(stop));
  if (code !== 0) throw new Error(`${name} failed. Its output: ${logFile}\n${tail(logFile, 30)}`);
}
