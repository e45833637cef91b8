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

/**
 * Bundles our own code; packages stay in node_modules. The output folder has to be inside the repository, where Node
 * finds them.
 */
export async function buildEntries(entries: readonly Entry[], outdir = join(ROOT, "dist")): Promise<void> {
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
    sourcemap: "linked",
    packages: "external",
    alias: { "@agathaai/core": "./src/core", "@agathaai/worker": "./src/worker", "@": "./src" },
    logLevel: "warning",
  });
}

if (process.argv[1] !== undefined && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  await buildEntries(["server", "worker", "lambda"]);
}
