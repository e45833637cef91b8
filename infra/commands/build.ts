import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** The processes of the product, each bundled into one file: `dist/server.js`, `dist/worker.js`, `dist/lambda.js`. */
export const ENTRIES = {
  server: "src/server/main.ts",
  worker: "src/worker/consumer.ts",
  lambda: "src/worker/lambda.ts",
} as const;

export type Entry = keyof typeof ENTRIES;

/** Packages that find their own files, need one copy for everybody, or are loaded by few processes. */
const NEVER_INSIDE = [
  "@node-rs/argon2",
  "@react-email/*",
  "next",
  "next/*",
  "react",
  "react/*",
  "react-dom",
  "react-dom/*",
  "sharp",
];

/** What a package in the older module format expects to find in its file. */
export const COMMONJS = `import { createRequire } from "node:module";
const require = createRequire(import.meta.url);
const __filename = import.meta.filename, __dirname = import.meta.dirname;`;

export interface BuildOptions {
  /**
   * Whether packages are bundled too. A process then starts with half the work, which counts where they start by the
   * hundred; what is deployed loads the packages as they were installed.
   */
  packagesInside?: boolean;
}

/**
 * Bundles our own code; packages stay in node_modules, unless said. The output folder has to be inside the repository,
 * where Node finds them.
 */
export async function buildEntries(
  entries: readonly Entry[],
  outdir = join(ROOT, "dist"),
  { packagesInside = false }: BuildOptions = {},
): Promise<void> {
  const missing = entries.filter((entry) => !existsSync(join(ROOT, ENTRIES[entry])));
  if (missing.length > 0)
    throw new Error(`Not in this repository: ${missing.map((name) => ENTRIES[name]).join(", ")}`);
  await build({
    absWorkingDir: ROOT,
    entryPoints: Object.fromEntries(entries.map((entry) => [entry, ENTRIES[entry]])),
    outdir,
    bundle: true,
    platform: "node",
    target: "node20.19",
    format: "esm",
    sourcemap: packagesInside ? false : "linked",
    ...(packagesInside
      ? { external: NEVER_INSIDE, keepNames: true, banner: { js: COMMONJS } }
      : { packages: "external" as const }),
    alias: { "@agathaai/core": "./src/core", "@agathaai/worker": "./src/worker", "@": "./src" },
    logLevel: "warning",
  });
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await buildEntries(["server", "worker", "lambda"]);
}
