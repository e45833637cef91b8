import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { expect, it } from "vitest";
import { ROOT } from "../commands/build";

it("the function's bundle is smaller than 4 MB: a cold start reads all of it", () => {
  const folder = mkdtempSync(join(tmpdir(), "agathaai-lambda-test-"));
  const zip = join(folder, "lambda.zip");
  try {
    execFileSync(
      process.execPath,
      [join(ROOT, "node_modules/tsx/dist/cli.mjs"), "infra/docker/lambda-bundle.ts", zip],
      { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] },
    );
    const bytes = readFileSync(zip);
    // Names stand in an archive as they are.
    for (const name of ["index.mjs", "lambda.js", "package.json"]) expect(bytes.includes(name)).toBe(true);
    expect(bytes.length / 1e6).toBeLessThan(4);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
