import { beforeAll, expect, it } from "vitest";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { startTcpProxy, type TcpProxy } from "../../../infra/testing/tcp-proxy";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type Api, expectRefusal, openApi } from "../../support/client";
import { query } from "../../support/database";
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
  const env = { DATABASE_URL: address.href, DATABASE_QUERY_TIMEOUT_MS: "1000" };
  api = await openApi(await startTestProcesses({ server: true, env }));
  ada = await customer(api, stack);
  key = await makeKey(api, ada);
});

it("while PostgreSQL hangs every call gets 503, never 401, and afterwards the pool is whole", async () => {
  expect((await api.get("/api/v1/keys", { as: ada.accessToken })).status).toBe(200);
  database.hang();
  // More than the pool has connections: those in line wait no longer either.
  const calls = Array.from({ length: 4 }, () => [
    api.get("/api/v1/me", { as: ada.accessToken }),
    api.get("/api/v1/inference/inf_01kaq8v3e9f0tb2m6c4x7r5zhd", { as: key }),
    api.post("/api/v1/inference", { as: key, body: { model: "gpt-4o", prompt: "Hello" } }),
    api.post("/api/v1/auth/login", { body: { email: ada.email, password: ada.password } }),
  ]).flat();
  try {
    for (const reply of await Promise.all(calls)) {
      expectRefusal(reply, 503, "service_unavailable");
      expect(Number(reply.headers.get("retry-after"))).toBeGreaterThan(0);
    }
  } finally {
    await database.start();
  }
  await expect.poll(async () => (await api.get("/api/ready")).status, { timeout: 10_000 }).toBe(200);
  const after = await Promise.all(
    Array.from({ length: 20 }, () => api.get("/api/v1/keys", { as: ada.accessToken })),
  );
  expect(after.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
}, 60_000);

it("a statement that PostgreSQL itself keeps waiting ends too: 503, and the lock's holder is not disturbed", async () => {
  const holding = query("BEGIN; LOCK TABLE api_keys IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(6); COMMIT");
  await expect
    .poll(
      async () =>
        (
          await query(
            "SELECT 1 FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND relation = 'api_keys'::regclass",
          )
        ).length,
    )
    .toBe(1);
  // Whoever waited for the lock would be answered, not refused.
  expectRefusal(await api.get("/api/v1/keys", { as: ada.accessToken }), 503, "service_unavailable");
  await holding;
  expect((await api.get("/api/v1/keys", { as: ada.accessToken })).status).toBe(200);
}, 30_000);
