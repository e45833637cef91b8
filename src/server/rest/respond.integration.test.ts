import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { getRequestListener } from "@hono/node-server";
import { afterEach, expect, test } from "vitest";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import type { Call } from "./call";
import { respondFile } from "./respond";

await useTestStack();

let close = () => {};
afterEach(() => close());

const call: Call = {
  requestId: "req_1",
  startedAt: 0,
  ip: "127.0.0.1",
  controller: new AbortController(),
  headers: new Headers(),
  route: "/api/v1/usage.csv",
  orgId: undefined,
  actor: { type: "system", id: null },
  caller: undefined,
  errorCode: undefined,
  waits: false,
};

async function serve(pieces: AsyncIterable<string>): Promise<Response> {
  const answer = respondFile({ ...call, headers: new Headers() }, { filename: "usage.csv", pieces });
  const server = createServer(getRequestListener(() => answer));
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  close = () => server.closeAllConnections();
  server.unref();
  return fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
}

test("a download whose source fails midway is broken off, so that it never looks complete", async () => {
  const answer = await serve(
    (async function* () {
      for (let line = 0; line < 5; line += 1) {
        yield "2026-11-25,7\r\n";
        await sleep(20);
      }
      throw new Error("the database has gone");
    })(),
  );
  expect(answer.status).toBe(200);
  await expect(answer.text()).rejects.toThrow();
});

test("a caller that hangs up ends the read of its source", async () => {
  let ended = () => {};
  const stopped = new Promise<void>((resolve) => {
    ended = resolve;
  });
  let read = 0;
  const answer = await serve(
    (async function* () {
      try {
        for (;;) {
          read += 1;
          yield "x".repeat(65_536);
        }
      } finally {
        ended();
      }
    })(),
  );
  const reader = answer.body?.getReader();
  await reader?.read();
  await reader?.cancel();
  await stopped;
  expect(read).toBeLessThan(1_000);
});
