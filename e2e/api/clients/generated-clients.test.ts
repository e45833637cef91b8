import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { openApi } from "../../support/client";
import { customer, makeKey } from "../../support/people";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../..", import.meta.url));
const bin = (name: string) => join(root, "node_modules/.bin", name);
/** TypeScript's own compiler, which is what customers compile with. */
const compiler = join(root, "node_modules/typescript/bin/tsc");
const MINUTES = 60_000;

const stack = await useTestStack();
let folder: string;
let url: string;
let key: string;

beforeAll(async () => {
  const processes = await startTestProcesses({ server: true, workers: 1 });
  const api = await openApi(processes);
  url = processes.url;
  key = await makeKey(api, await customer(api, stack));
  // Below node_modules, so that what is generated finds its packages.
  await mkdir(join(root, "node_modules/.cache"), { recursive: true });
  folder = await mkdtemp(join(root, "node_modules/.cache/clients-"));
  await cp(fileURLToPath(new URL("drivers", import.meta.url)), folder, { recursive: true });
  await mkdir(join(folder, "generated"));
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  await writeFile(join(folder, "openapi.json"), JSON.stringify(api.contract.document));
  await writeFile(
    join(folder, "orval.config.cjs"),
    `module.exports = { api: { input: "./openapi.json", output: { target: "./generated/orval.ts", client: "fetch", mode: "single", baseUrl: ${JSON.stringify(url)} } } };`,
  );
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const generators: Record<string, () => Promise<unknown>> = {
  "openapi-typescript": () =>
    run(bin("openapi-typescript"), ["openapi.json", "-o", "generated/openapi-typescript.ts"], {
      cwd: folder,
    }),
  "hey-api": () =>
    run(bin("openapi-ts"), ["-i", "openapi.json", "-o", "generated/hey-api", "--silent"], { cwd: folder }),
  orval: () => run(bin("orval"), ["--config", "orval.config.cjs"], { cwd: folder }),
};

/** Strict, and libraries are checked too: what was generated is one of them. */
async function compile(driver: string): Promise<string> {
  const config = `tsconfig.${driver}.json`;
  const compilerOptions = {
    target: "es2022",
    module: "esnext",
    moduleResolution: "bundler",
    strict: true,
    noEmit: true,
    lib: ["es2023", "dom", "dom.iterable"],
    types: ["node"],
  };
  await writeFile(join(folder, config), JSON.stringify({ compilerOptions, files: [`${driver}.ts`] }));
  const failed = await run(process.execPath, [compiler, "-p", config], { cwd: folder }).catch(
    (error: { stdout: string }) => error,
  );
  return failed.stdout;
}

describe.each(Object.keys(generators))("a client that %s generates from the document", (driver) => {
  it(
    "compiles, and drives the API: typed results, lists, refusals and deletes",
    async () => {
      await generators[driver]?.();
      expect(await compile(driver)).toBe("");
      const since = new Date().toISOString();
      const { stdout } = await run(bin("tsx"), [join(folder, `${driver}.ts`), url, key, since]);
      const seen = JSON.parse(stdout);
      expect(seen).toMatchObject({
        status: "completed",
        tokens: expect.any(Number),
        metadata: { job: expect.any(String) },
        listed: [true],
        model: "gpt-4o",
        refused: "invalid_id",
        deleted: { id: seen.id, object: "inference", deleted: true },
      });
    },
    3 * MINUTES,
  );
});
