import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

// npm run test:aws: everything that can be said of infra/aws without an account. Its packages are its own (ADR 84);
// with --install they are installed first, as locked.
const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const AWS = join(ROOT, "infra/aws");
const [report] = process.argv.filter((argument) => argument.startsWith("--report="));

if (process.argv.includes("--install") || !existsSync(join(AWS, "node_modules"))) {
  run("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]);
}
run(process.execPath, ["node_modules/typescript/bin/tsc", "--noEmit", "-p", "tsconfig.json"]);
run(process.execPath, ["node_modules/knip/bin/knip.js"]);
run(process.execPath, [
  "node_modules/vitest/vitest.mjs",
  "run",
  "--reporter=default",
  ...(report === undefined
    ? []
    : ["--reporter=json", `--outputFile.json=${report.slice("--report=".length)}`]),
]);

function run(command, args) {
  const { status, error } = spawnSync(command, args, { cwd: AWS, stdio: "inherit" });
  if (error !== undefined) console.error(error.message);
  if (status !== 0) process.exit(status ?? 1);
}
