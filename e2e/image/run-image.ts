import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { ROOT } from "../../infra/commands/build";
import { type Running, startProgram } from "./running";

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
  return startProgram(
    asImageUser
      ? [
          SETPRIV,
          `--reuid=${IMAGE_USER}`,
          `--regid=${IMAGE_USER}`,
          "--clear-groups",
          "--no-new-privs",
          ...node,
        ]
      : node,
    { cwd: app, env: { NODE_ENV: "production", ...imageEnvironment(app), ...env } },
  );
}
