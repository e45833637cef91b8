import { beforeAll, expect, it } from "vitest";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { startTcpProxy, type TcpProxy } from "../../../infra/testing/tcp-proxy";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type Api, expectRefusal, openApi } from "../../support/client";
import { customer, makeKey, type Person } from "../../support/people";

const stack = await useTestStack();
let api: Api;
let database: TcpProxy;
let ada: Person;
let key: string;

beforeAll(async () => {
  const address = new URL(stack.databaseUrl);
  database = await startTcpProxy(Number(address.port));
  address.port = String(database.port);
  api = await openApi(await startTestProcesses({ server: true, env: { DATABASE_URL: address.href } }));
  ada = await customer(api, stack);
  key = await makeKey(api, ada);
});

it("without the database the server is alive, not ready, and returns 503 with retry-after, never 401; afterwards all works", async () => {
  expect((await api.get("/api/ready")).json.status).toBe("ready");
  const before = await api.get("/api/status");
  expect(before.headers.get("cache-control")).toBe("public, max-age=10");
  expect(before.json.measurements.incidents).toEqual([]);
  await database.stop();
  try {
    expect((await api.get("/api/health")).status).toBe(200);
    const ready = await api.get("/api/ready");
    expect(ready.status).toBe(503);
    expect(ready.json).toMatchObject({ status: "not_ready", checks: { database: { status: "failed" } } });
    // What was kept of the time before may be shown for ten seconds.
    await expect
      .poll(async () => (await api.get("/api/status")).json.measurements, { timeout: 20_000 })
      .toBeNull();
    const status = await api.get("/api/status");
    expect([status.status, status.json.status]).toEqual([200, "outage"]);
    expectRefusal(await api.get("/api/status/feed"), 503, "service_unavailable");
    const replies = await Promise.all([
      api.get("/api/v1/me", { as: ada.accessToken }),
      api.get("/api/v1/models", { as: key }),
      api.get("/api/v1/keys", { as: ada.accessToken }),
      api.post("/api/v1/inference", { as: key, body: { model: "gpt-4o", prompt: "Hello" } }),
      api.post("/api/v1/auth/login", { body: { email: ada.email, password: ada.password } }),
    ]);
    for (const reply of replies) {
      expectRefusal(reply, 503, "service_unavailable");
      expect(Number(reply.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(reply.headers.get("x-should-retry")).toBeNull();
    }
  } finally {
    await database.start();
  }
  await expect.poll(async () => (await api.get("/api/ready")).status, { timeout: 10_000 }).toBe(200);
  expect((await api.get("/api/v1/me", { as: ada.accessToken })).status).toBe(200);
});

it("without the queue the server is ready but degraded, and accepts requests", async () => {
  await stack.sqs.stop();
  try {
    const ready = await api.get("/api/ready");
    expect(ready.status).toBe(200);
    expect(ready.json.checks.queue.status).toBe("degraded");
    const reply = await api.post("/api/v1/inference", {
      as: key,
      body: { model: "gpt-4o", prompt: "Hello" },
    });
    expect(reply.status).toBe(202);
  } finally {
    await stack.sqs.start();
  }
});
