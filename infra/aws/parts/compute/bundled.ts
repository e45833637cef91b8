import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import * as lambda from "aws-cdk-lib/aws-lambda";
import { buildSync } from "esbuild";

const made = new Map<string, string>();

/** A handler of handlers/, bundled into one file. The SDK is Lambda's own. */
export function bundled(name: string): lambda.AssetCode {
  const known = made.get(name);
  const outdir = known ?? mkdtempSync(join(tmpdir(), `agathaai-${name}-`));
  if (known === undefined) {
    buildSync({
      entryPoints: [fileURLToPath(new URL(`../../handlers/${name}.ts`, import.meta.url))],
      outfile: join(outdir, "index.mjs"),
      bundle: true,
      platform: "node",
      target: "node24",
      format: "esm",
      external: ["@aws-sdk/*"],
      logLevel: "warning",
    });
    made.set(name, outdir);
  }
  return lambda.Code.fromAsset(outdir);
}
