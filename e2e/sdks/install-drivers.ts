import { execFile } from "node:child_process";
import { cp, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../..", import.meta.url));
/** Below node_modules: not in git, and kept from one run to the next. */
const folder = join(root, "node_modules/.cache/sdks");
const NODE = ["--yes", "--package=node@24", "--", "node"];

/** Starts the program of one driver with the address and the key it shall use. */
export type Driver = (url: string, key: string) => Promise<string>;

const started = (command: string, args: string[]) =>
  run(command, args, { cwd: folder, maxBuffer: 8 << 20 }).then(({ stdout }) => stdout);

/** Copies the drivers and installs what they import. Throws where a registry cannot be reached. */
export async function installNodeDrivers(): Promise<(file: string) => Driver> {
  await mkdir(folder, { recursive: true });
  await cp(fileURLToPath(new URL("drivers", import.meta.url)), folder, { recursive: true });
  await run("npm", ["install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"], {
    cwd: folder,
  });
  // Today's clients want Node 22 or later; the product's own process stays on the one it is tested with.
  await started("npx", [...NODE, "--version"]);
  return (file) => (url, key) => started("npx", [...NODE, file, url, key]);
}

const PYTHON_CLIENT = "openai==3.57.0";

/** The same for OpenAI's client for Python, in an environment of its own. Throws where there is no Python. */
export async function installPythonDriver(): Promise<Driver> {
  const environment = join(folder, "python");
  const python = join(environment, "bin/python");
  await mkdir(folder, { recursive: true });
  await run("python3", ["-m", "venv", environment]);
  await run(python, ["-m", "pip", "install", "--quiet", PYTHON_CLIENT]);
  const file = fileURLToPath(new URL("drivers/openai_python.py", import.meta.url));
  return (url, key) => started(python, [file, url, key]);
}
