import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { expect, it } from "vitest";
import { ROOT } from "../commands/build";

it("a bundle for another processor than npm installed for is refused, and not made with the wrong machine code", () => {
  const other = process.arch === "arm64" ? "x64" : "arm64";
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(ROOT, "node_modules/tsx/dist/cli.mjs"), "infra/docker/lambda-bundle.ts", "/dev/null", other],
    { cwd: ROOT, encoding: "utf8" },
  );
  expect(status).toBe(1);
  expect(stderr).toContain(`@node-rs/argon2-linux-${other}-gnu is not installed`);
});

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
    for (const name of ["index.mjs", "lambda.js", "package.json", `linux-${process.arch}-gnu.node`])
      expect(bytes.includes(name)).toBe(true);
    expect(bytes.length / 1e6).toBeLessThan(4);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
