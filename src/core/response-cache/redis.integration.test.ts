import { afterAll, describe, expect, it, vi } from "vitest";
import { patientRedis } from "../../../infra/testing/redis/patient-redis";
import { hasRedis, startRedis } from "../../../infra/testing/redis/start-redis";
import { until } from "../../../infra/testing/until";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { flushAudit } from "../audit";
import { closeDb, db } from "../platform/db/client";
import { closeRedis, redis } from "../platform/redis";
import { purgeResponseCache } from ".";
import { describeStore, owner, read, scopeOf, store } from "./testing/store-cases";

const server = hasRedis ? await startRedis() : undefined;
await useTestStack(server === undefined ? {} : { REDIS_URL: server.url });
afterAll(async () => {
  await flushAudit();
  closeRedis();
  await server?.stop();
  await closeDb();
});

// Commands are refused until it is connected, and PostgreSQL stands in.
if (hasRedis) await until(() => redis()?.status === "ready");

if (hasRedis) {
  describeStore("Redis", redis());

  it("nothing of the response cache is in PostgreSQL while Redis answers", async () => {
    expect(await db().cachedAnswer.count()).toBe(0);
  });
}

describe.runIf(hasRedis)("where Redis", () => {
  it("hangs, nobody waits for it and answers go to PostgreSQL; a purge made then still applies when Redis is back", async () => {
    const ada = await owner();
    const scope = scopeOf(ada.orgId);
    {
      using _patience = patientRedis(redis());
      await store(scope, "before");
      expect(await read(scope)).toBe("before");
    }
    server?.freeze();
    try {
      expect(await read(scope)).toBeUndefined();
      await purgeResponseCache(db(), { principal: ada });
      await store(scope, "meanwhile");
      expect(await read(scope)).toBe("meanwhile");
    } finally {
      server?.thaw();
    }
    using _patience = patientRedis(redis());
    const client = redis();
    const asked = client && vi.spyOn(client, "getBuffer");
    let found: unknown;
    await until(async () => {
      found = await read(scope);
      return asked?.mock.calls.length === 1;
    });
    expect(found).not.toBe("before");
  });
});
