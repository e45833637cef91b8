import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { PAGE } from "./page";

/*
 * `npm run test:mutations [-- 1 5 23-29] [new] [page]`: takes each protection away in a copy of the tree, and demands that its
 * test fails. Nothing is edited here, so that an interrupted run leaves nothing behind; `page` brings back what a whole one found.
 */
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Made by `npm run build:client`, and in no list of Git's. */
const GENERATED = "src/core/platform/db/generated";
/** Their packages are links into the tree itself. */
const OWN_SCOPE = "@agathaai";

const copy = mkdtempSync(join(tmpdir(), "agathaai-mutations-"));
process.exitCode = 1;
try {
  copyTree(copy);
  linkPackages(copy);
  const child = spawn(
    process.execPath,
    ["--import", "tsx", "e2e/mutations/try-mutations.ts", ...process.argv.slice(2)],
    { cwd: copy, stdio: "inherit" },
  );
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
  const [code] = await once(child, "exit");
  process.exitCode = typeof code === "number" ? code : 1;
  if (process.argv.includes("page")) copyFileSync(join(copy, PAGE), join(ROOT, PAGE));
} finally {
  rmSync(copy, { recursive: true, force: true });
}

/** What Git has and what it would have, as it is now: uncommitted work is tried as well. */
function copyTree(target: string): void {
  const list = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: ROOT,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  for (const file of list.split("\0").filter((name) => name !== "")) {
    mkdirSync(dirname(join(target, file)), { recursive: true });
    try {
      copyFileSync(join(ROOT, file), join(target, file));
    } catch (error) {
      // Deleted, and not committed yet.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    }
  }
  cpSync(join(ROOT, GENERATED), join(target, GENERATED), { recursive: true });
}

function linkPackages(target: string): void {
  const from = join(ROOT, "node_modules");
  const to = join(target, "node_modules");
  mkdirSync(to);
  for (const name of readdirSync(from)) {
    if (name !== OWN_SCOPE && !name.startsWith(".vite")) symlinkSync(join(from, name), join(to, name));
  }
  mkdirSync(join(to, OWN_SCOPE));
  for (const name of ["core", "worker"]) {
    symlinkSync(join(target, "src", name), join(to, OWN_SCOPE, name));
  }
}
