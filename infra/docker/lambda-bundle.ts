import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { build } from "esbuild";
import { ZipFile } from "yazl";
import { COMMONJS, ENTRIES, ROOT } from "../commands/build";
import { rdsCertificates } from "./rds-certificates";

/** The same commit gives the same archive, and so the same hash: its files have no time of their own. */
const NO_TIME = new Date("2026-01-01T00:00:00Z");
const EXECUTABLE = 0o100755;

/** Its binding finds its own file; everything else goes into the bundle. */
const NATIVE = "@node-rs/argon2";
const PROCESSORS = ["arm64", "x64"];

const add = (zip: ZipFile, from: string, name: string) =>
  zip.addBuffer(readFileSync(from), name, { mtime: NO_TIME, mode: EXECUTABLE });

/**
 * `tsx infra/docker/lambda-bundle.ts lambda.zip [arm64|x64]`: the inference function, with its packages inside, as Lambda wants it.
 * @throws Error where the machine code of that processor is not installed: npm installs that of its own.
 */
async function bundle(target: string, processor: string): Promise<void> {
  const binding = `${NATIVE}-linux-${processor}-gnu`;
  if (!existsSync(join(ROOT, "node_modules", binding)))
    throw new Error(
      `${binding} is not installed: build it on ${processor}, or npm install --no-save --cpu=${processor} ${binding}`,
    );
  const folder = mkdtempSync(join(tmpdir(), "agathaai-lambda-"));
  try {
    await build({
      absWorkingDir: ROOT,
      entryPoints: { lambda: ENTRIES.lambda },
      outdir: folder,
      bundle: true,
      minify: true,
      keepNames: true,
      platform: "node",
      target: "node24",
      format: "esm",
      external: [NATIVE],
      banner: { js: COMMONJS },
      alias: { "@agathaai/core": "./src/core", "@agathaai/worker": "./src/worker", "@": "./src" },
      logLevel: "warning",
    });
    await build({
      absWorkingDir: ROOT,
      entryPoints: { index: "infra/aws/handlers/worker.ts" },
      outdir: folder,
      outExtension: { ".js": ".mjs" },
      bundle: true,
      platform: "node",
      target: "node24",
      format: "esm",
      // Lambda has the SDK; the product's own bundle lies beside this file.
      external: ["@aws-sdk/*"],
    });
    writeFileSync(join(folder, "package.json"), '{"type":"module"}\n');
    const zip = new ZipFile();
    writeFileSync(join(folder, "rds-ca.pem"), rdsCertificates());
    for (const file of ["index.mjs", "lambda.js", "package.json", "rds-ca.pem"])
      add(zip, join(folder, file), file);
    for (const name of [NATIVE, binding])
      for (const file of readdirSync(join(ROOT, "node_modules", name)))
        if (/\.(js|node)$|^package\.json$/.test(file))
          add(zip, join(ROOT, "node_modules", name, file), `node_modules/${name}/${file}`);
    zip.end();
    const chunks: Buffer[] = [];
    for await (const chunk of zip.outputStream) chunks.push(Buffer.from(chunk));
    writeFileSync(target, Buffer.concat(chunks));
    console.log(`${target}: ${(Buffer.concat(chunks).length / 1e6).toFixed(1)} MB`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const [, , target, processor = process.arch] = process.argv;
if (target === undefined || !PROCESSORS.includes(processor))
  throw new Error("Usage: tsx infra/docker/lambda-bundle.ts <file.zip> [arm64|x64]");
await bundle(target, processor);
