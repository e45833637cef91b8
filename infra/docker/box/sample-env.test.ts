import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { parseEnv as parseFile } from "node:util";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { parseEnv } from "../../../src/core/platform/env";
import { ROOT } from "../../commands/build";
import { insecureProblem } from "../../commands/insecure";

const script = join(ROOT, "infra/docker/box/sample-env.mjs");
const sample = (...domain: string[]) =>
  spawnSync(process.execPath, [script, ...domain], { encoding: "utf8" });

const { services } = z
  .object({
    services: z.record(
      z.string(),
      z.object({ environment: z.record(z.string(), z.string()).optional() }).loose(),
    ),
  })
  .parse(parse(readFileSync(join(ROOT, "infra/docker/box/compose.yaml"), "utf8"), { merge: true }));

/** As Docker Compose does: what is asked for and is not there is an error. */
const filledIn = (value: string, file: Record<string, string | undefined>) =>
  value.replaceAll(/\$\{(\w+):\?[^}]*\}/g, (_, name: string) => {
    const given = file[name];
    if (given === undefined) throw new Error(`${name} is not in the file`);
    return given;
  });

it.each(["server", "worker"])(
  "one box starts its %s with the file that sample-env.mjs writes, and nothing added",
  (service) => {
    const { stdout, status } = sample("agathaai.example.com");
    expect(status).toBe(0);
    const file = parseFile(stdout);
    const environment = Object.fromEntries(
      Object.entries(services[service]?.environment ?? {}).map(([name, value]) => [
        name,
        filledIn(value, file),
      ]),
    );
    const env = { ...file, ...environment };
    expect(() => parseEnv(env)).not.toThrow();
    expect(insecureProblem(env)).toBeUndefined();
    expect(env).toMatchObject({ APP_URL: "https://agathaai.example.com" });
  },
);

it("no two boxes have a key in common, and what is no domain is refused", () => {
  const [one, two] = [1, 2].map(() => parseFile(sample("localhost").stdout));
  for (const name of ["MASTER_KEY", "BLIND_INDEX_KEY", "NEXTAUTH_SECRET", "JWT_PRIVATE_KEY", "APP_PASSWORD"])
    expect(one?.[name]).not.toBe(two?.[name]);
  expect(sample().status).toBe(64);
  expect(sample("a b").status).toBe(64);
});
