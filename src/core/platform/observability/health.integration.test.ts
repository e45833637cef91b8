import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTcpProxy, type TcpProxy } from "../../../../infra/testing/tcp-proxy";
import { type TestStack, useTestStack } from "../../../../infra/testing/use-test-stack";
import { createDb, type Db } from "../db/client";
import { queue } from "../queue/queue";
import { createRedis } from "../redis";
import { checkReadiness } from "./health";

let stack: TestStack;
let db: Db;
let wire: TcpProxy;

beforeAll(async () => {
  stack = await useTestStack();
  const url = new URL(stack.databaseUrl);
  wire = await startTcpProxy(Number(url.port));
  url.port = String(wire.port);
  db = createDb({ url: url.href, poolMax: 2 });
  await db.$queryRaw`SELECT 1`;
});

afterAll(async () => {
  await db.$disconnect();
  await queue().close();
  await wire.stop();
});

describe("readiness", () => {
  it("is ready when database and queue answer; an unconfigured Redis is not asked for", async () => {
    const readiness = await checkReadiness({ db, queue: queue(), redis: undefined });
    expect(readiness).toEqual({
      status: "ready",
      checks: {
        database: { status: "ok", latency_ms: expect.any(Number) },
        queue: { status: "ok", latency_ms: expect.any(Number) },
      },
    });
  });

  it("stays ready, degraded, without queue and Redis: requests are kept and sent on later", async () => {
    const absent = createRedis("redis://127.0.0.1:1");
    await stack.sqs.stop();
    try {
      const readiness = await checkReadiness({ db, queue: queue(), redis: absent });
      expect(readiness).toMatchObject({
        status: "ready",
        checks: { database: { status: "ok" }, queue: { status: "degraded" }, redis: { status: "degraded" } },
      });
    } finally {
      absent.disconnect();
      await stack.sqs.start();
    }
  });

  it("says within its bound that a hanging database is not there, and is ready again after", async () => {
    wire.hang();
    const readiness = await checkReadiness({ db, queue: queue(), redis: undefined });
    expect(readiness).toMatchObject({ status: "not_ready", checks: { database: { status: "failed" } } });
    // It still hangs.
    await wire.start();
    await expect
      .poll(() => checkReadiness({ db, queue: queue(), redis: undefined }), { timeout: 10_000 })
      .toMatchObject({ status: "ready" });
  });
});
