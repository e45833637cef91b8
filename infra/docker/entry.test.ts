import { execFile, spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { ROOT } from "../commands/build";
import { NODE_FLAGS } from "../local/process/node-flags";

const entry = join(ROOT, "infra/docker/entry.mjs");
const run = promisify(execFile);

it("an image that is told to be something unknown says what it can be", () => {
  const { status, stderr } = spawnSync(process.execPath, [entry, "shell"], { encoding: "utf8" });
  expect(status).toBe(64);
  expect(stderr).toContain("server, worker or migrate");
});

it("a container is healthy while its process answers, and not when it fails or is silent", async () => {
  let answer = 200;
  const server = createServer((_, response) => response.writeHead(answer).end());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const PORT = String(typeof address === "object" ? address?.port : "");
  const health = () =>
    run(process.execPath, [entry, "health"], { env: { ...process.env, PORT, WORKER_METRICS_PORT: "" } }).then(
      () => "healthy",
      () => "not healthy",
    );
  expect(await health()).toBe("healthy");
  answer = 500;
  expect(await health()).toBe("not healthy");
  await new Promise((resolve) => server.close(resolve));
  expect(await health()).toBe("not healthy");
});

it("an image starts Node with the flags of the other hosts", () => {
  const file = readFileSync(join(ROOT, "infra/docker/Dockerfile"), "utf8");
  const [, command = ""] = /^ENTRYPOINT (.*)$/m.exec(file) ?? [];
  // Source maps are the entry's own.
  const flags = NODE_FLAGS.filter((flag) => flag !== "--enable-source-maps");
  expect(JSON.parse(command)).toEqual(["/usr/local/bin/node", ...flags, "/app/entry.mjs"]);
});
