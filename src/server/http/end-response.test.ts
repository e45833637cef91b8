import { once } from "node:events";
import { createServer, get, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { endResponse } from "./end-response";

/** Far more than the buffers between the two hold. */
const text = "x".repeat(32 * 1024 * 1024);
const stalledAfterMs = 300;
let closed = 0;
const server = createServer((_, response) => {
  response.once("close", () => {
    closed += 1;
  });
  endResponse(response, text, { stalledAfterMs });
});

beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});

function ask(): Promise<IncomingMessage> {
  const { port } = server.address() as AddressInfo;
  return new Promise((resolve, reject) => {
    get({ port, host: "127.0.0.1" }, resolve).once("error", reject);
  });
}

async function lengthOf(answer: IncomingMessage, pauseMs = 0): Promise<number> {
  let length = 0;
  for await (const part of answer) {
    length += part.length;
    if (pauseMs > 0 && length % 7 === 0) await sleep(pauseMs);
  }
  return length;
}

it("a long answer is not kept for a reader who has stopped reading", async () => {
  const answer = await ask();
  expect(closed).toBe(0);
  await expect.poll(() => closed, { timeout: 10_000 }).toBe(1);
  await expect(lengthOf(answer)).rejects.toThrow("aborted");
});

it("a slow reader gets all of it", async () => {
  expect(await lengthOf(await ask(), 10)).toBe(text.length);
});
