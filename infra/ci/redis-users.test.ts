import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";

/** Each has a test that walks its commands for keys of one hash tag (ADR 92). */
const walked = ["src/core/limits/redis-limiter.ts", "src/core/response-cache/redis-entries.ts"];
/** They hand the client on, and send nothing themselves beyond what asks how Redis is. */
const passing = [
  "src/core/limits/limiter.ts",
  "src/core/platform/observability/health.ts",
  "src/core/response-cache/metrics.ts",
  "src/core/response-cache/stores.ts",
  "src/server/start-server.ts",
];

test("whatever sends commands to Redis is walked for commands that a cluster could not place", async () => {
  const found: string[] = [];
  for (const name of await readdir("src", { recursive: true })) {
    if (!/\.tsx?$/.test(name) || name.includes(".test.")) continue;
    const text = await readFile(join("src", name), "utf8");
    if (/from "[^"]*(platform|\.\.|\.)\/redis"|from "ioredis"/.test(text)) found.push(join("src", name));
  }
  const own = ["src/core/platform/redis.ts", "src/core/platform/redis-cluster.ts"];
  expect(found.filter((file) => !own.includes(file)).sort()).toEqual([...walked, ...passing].sort());
});
