import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { isFree, nextFreePort, rememberPorts, systemPort } from "./ports";

const servers: Server[] = [];

async function occupy(port: number): Promise<void> {
  const server = createServer();
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
}

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

const freshDir = () => mkdtempSync(join(tmpdir(), "agathaai-ports-"));

test("a port that something listens on is passed over for the next free one", async () => {
  const port = await systemPort();
  await occupy(port);
  expect(await isFree(port)).toBe(false);
  expect(await nextFreePort(port)).toBeGreaterThan(port);
});

test("a picked port is used again after a restart, even when the preferred one is free by then", async () => {
  const dir = freshDir();
  const preferred = await systemPort();
  await occupy(preferred);
  const picked = await rememberPorts(dir)("portal", preferred);
  expect(picked).not.toBe(preferred);
  servers.splice(0).map((server) => server.close());
  expect(await rememberPorts(dir)("portal", preferred)).toBe(picked);
});

test("two services never get the same port, and a remembered port that is taken is replaced", async () => {
  const dir = freshDir();
  const preferred = await systemPort();
  const pick = rememberPorts(dir);
  const first = await pick("one", preferred);
  const second = await pick("two", preferred);
  expect(second).not.toBe(first);

  await occupy(first);
  expect(await rememberPorts(dir)("one", preferred)).not.toBe(first);
});

test("a damaged file of remembered ports does not stop the start", async () => {
  const dir = freshDir();
  writeFileSync(join(dir, "ports.json"), "{ not json");
  const port = await rememberPorts(dir)("portal", await systemPort());
  expect(JSON.parse(readFileSync(join(dir, "ports.json"), "utf8"))).toEqual({ portal: port });
});
