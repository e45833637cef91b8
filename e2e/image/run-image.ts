import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { ROOT } from "../../infra/commands/build";

/** As `USER` of the Dockerfile. */
const IMAGE_USER = "10001";
const SETPRIV = "/usr/bin/setpriv";
/** Root writes wherever it likes: only another user shows that nothing needs to be written. */
const asImageUser = process.getuid?.() === 0 && existsSync(SETPRIV);

/** Collects the image's files, as the Dockerfile's build stage does, into a folder that nobody can write. */
export function collectImage(): { app: string; remove(): void } {
  const home = mkdtempSync(join(tmpdir(), "agathaai-image-"));
  chmodSync(home, 0o755);
  const app = join(home, "app");
  execFileSync(
    process.execPath,
    [join(ROOT, "node_modules/tsx/dist/cli.mjs"), "infra/docker/collect.ts", app],
    {
      cwd: ROOT,
      stdio: ["ignore", "ignore", "inherit"],
    },
  );
  execFileSync("chmod", ["-R", "a-w,a+rX", app]);
  return {
    app,
    remove: () => {
      execFileSync("chmod", ["-R", "u+w", app]);
      rmSync(home, { recursive: true, force: true });
    },
  };
}

export interface Running {
  logs(): string;
  exited: Promise<number | null>;
  stop(): Promise<number | null>;
}

const running = new Set<ChildProcess>();

/** The Dockerfile's `ENV`, where `/app` is the folder that was collected. Nothing else of this machine's is handed on. */
function imageEnvironment(app: string): Record<string, string> {
  const lines = readFileSync(join(ROOT, "infra/docker/Dockerfile"), "utf8")
    .replaceAll("\\\n", " ")
    .split("\n");
  const declared = lines.findLast((line) => line.startsWith("ENV ")) ?? "";
  const pairs = declared.matchAll(/(\w+)=(\S+)/g);
  return Object.fromEntries(
    [...pairs].map(([, name = "", value = ""]) => [name, value.replace(/^\/app\b/, app)]),
  );
}

/** A command of the image, with its entry point, working directory and user, and this environment alone. */
export function runImage(app: string, command: readonly string[], env: Record<string, string>): Running {
  const node = [process.execPath, join(app, "entry.mjs"), ...command];
  const [program = "", ...parameters] = asImageUser
    ? [SETPRIV, `--reuid=${IMAGE_USER}`, `--regid=${IMAGE_USER}`, "--clear-groups", "--no-new-privs", ...node]
    : node;
  const child = spawn(program, parameters, {
    cwd: app,
    env: { NODE_ENV: "production", ...imageEnvironment(app), ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
  const exited = once(child, "exit").then(([code]: (number | null)[]) => {
    running.delete(child);
    return code ?? null;
  });
  return {
    logs: () => said,
    exited,
    stop: () => {
      child.kill("SIGTERM");
      return exited;
    },
  };
}

export function killAll(): void {
  for (const child of running) child.kill("SIGKILL");
}
