import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { newId, type UserPrincipal } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";
import { log } from "@agathaai/core/platform/observability/log";
import { createEndpoint, createEndpointInputSchema, emitEvents } from "@agathaai/core/webhooks";
import { afterEach, expect, it } from "vitest";
import { makeUser, principalOf } from "../../../infra/testing/make-user";
import { until } from "../../../infra/testing/until";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { deliverWebhooks } from "./deliver-webhooks";

const A_SECOND = 20;
await useTestStack({ WEBHOOK_PRIVATE_TARGETS: "true", WEBHOOK_SENDS_PER_SECOND: String(A_SECOND) });

const undo: (() => Promise<unknown> | unknown)[] = [];
afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function receiver(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  undo.push(
    () => server.close(),
    () => server.closeAllConnections(),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function owner(urls: readonly string[]): Promise<UserPrincipal> {
  const principal = await principalOf((await makeUser({ verified: true })).claims);
  for (const url of urls) {
    const input = createEndpointInputSchema.parse({ url, events: ["key.created"] });
    await createEndpoint(db(), { principal, input });
  }
  return principal;
}

async function emit({ orgId }: UserPrincipal, count: number): Promise<void> {
  const events = Array.from(
    { length: count },
    () => ({ id: newId(), orgId, type: "key.created", data: {} }) as const,
  );
  await emitEvents(db(), events);
}

function startSender(): void {
  const stop = new AbortController();
  const sender = deliverWebhooks({ db: db(), log: log() }, stop.signal);
  undo.push(async () => {
    stop.abort();
    await sender;
  });
}

it("a backlog is sent no faster than a process may send", async () => {
  const times: number[] = [];
  const url = await receiver((_, response) => {
    times.push(performance.now());
    response.end();
  });
  await emit(await owner([url, url, url, url]), 10);
  startSender();
  await until(() => times.length === 40);
  // The first round leaves at once, so 39 of them take the time of 39 at this rate; a twentieth is left to timers.
  expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan((39 / A_SECOND) * 950);
});

it("receivers that never answer do not hold up the others", async () => {
  const got: string[] = [];
  const silent = await receiver(() => {});
  const good = await receiver((request, response) => {
    got.push(String(request.headers["webhook-id"]));
    response.end();
  });
  await emit(await owner([silent, silent, silent, silent, good]), 12);
  startSender();
  await until(() => got.length === 12, 14_000);
  expect(new Set(got).size).toBe(12);
});
