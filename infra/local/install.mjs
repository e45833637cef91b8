import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

// Runs before any package is installed: plain Node, no dependency, and syntax that old versions can parse.

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const OLDEST = [20, 19];

/** Ends the process with a clear line when this Node.js is too old. */
export function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return;
  console.error(
    `AgathaAI needs Node.js ${OLDEST.join(".")} or newer; this is ${process.version}. Get one from https://nodejs.org`,
  );
  process.exit(1);
}

/** Set for every build step, so that nothing else is downloaded and no telemetry is sent. */
export const OFFLINE = { PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, NEXT_TELEMETRY_DISABLED: "1" };

/**
 * Runs `npm ci` when node_modules is missing or was made from another package-lock.json. `npm start` leaves out
 * `devDependencies`, a quarter of the packages, and takes away none that are there; `npm run dev` and `npm test` add them.
 */
export function installPackages({ scope, log = console.log }) {
  const stamp = join(ROOT, "node_modules", ".agatha-lock");
  const lock = createHash("sha256")
    .update(readFileSync(join(ROOT, "package-lock.json")))
    .digest("hex");
  const stamped = existsSync(stamp) ? readFileSync(stamp, "utf8") : "";
  if (stamped === `${lock} all` || stamped === `${lock} ${scope}`) return;
  const found = lookAtPackages();
  if (found.whole) return writeFileSync(stamp, `${lock} all`);
  log("Installing packages …");
  const npm = process.env.npm_execpath;
  const [command, first] = npm && /\.c?js$/.test(npm) ? [process.execPath, [npm]] : ["npm", []];
  const whole = scope === "all" || found.dev;
  const which = whole ? "--include=dev" : "--omit=dev";
  const done = spawnSync(
    command,
    [...first, "ci", which, "--prefer-offline", "--no-fund", "--no-audit", "--loglevel=error"],
    {
      cwd: ROOT,
      stdio: ["ignore", "inherit", "inherit"],
      env: { ...process.env, ...OFFLINE },
      shell: process.platform === "win32" && command === "npm",
    },
  );
  if (done.status !== 0) {
    console.error(
      "The packages could not be installed (see above). Check the network and the disk, and start again.",
    );
    process.exit(done.status ?? 1);
  }
  writeFileSync(stamp, `${lock} ${whole ? "all" : scope}`);
}

/**
 * What npm itself has put there, by its own record. `whole`: all that package-lock.json names, as after a plain `npm ci`, but
 * for what belongs to other platforms. `dev`: packages for developers are among it.
 */
function lookAtPackages() {
  const read = (...path) => JSON.parse(readFileSync(join(ROOT, ...path), "utf8")).packages;
  try {
    const there = read("node_modules", ".package-lock.json");
    const wanted = Object.entries(read("package-lock.json")).filter(
      ([path, { link, optional, devOptional }]) =>
        path.includes("node_modules/") && !link && !optional && !devOptional,
    );
    return {
      whole: wanted.every(([path, { integrity }]) => there[path]?.integrity === integrity),
      dev: Object.values(there).some(({ dev }) => dev),
    };
  } catch {
    return { whole: false, dev: false };
  }
}
