import { afterAll } from "vitest";
import { hasRedis } from "../../../infra/testing/redis/start-redis";
import { startRedisCluster } from "../../../infra/testing/redis/start-redis-cluster";
import { until } from "../../../infra/testing/until";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { flushAudit } from "../audit";
import { closeDb } from "../platform/db/client";
import { closeRedis, redis } from "../platform/redis";
import { describeStore } from "./testing/store-cases";

const cluster = hasRedis ? await startRedisCluster() : undefined;
await useTestStack(cluster === undefined ? {} : { REDIS_URL: cluster.url });
afterAll(async () => {
  await flushAudit();
  closeRedis();
  await cluster?.stop();
  await closeDb();
});

if (cluster !== undefined) {
  await until(() => redis()?.status === "ready");
  describeStore("Redis", redis());
}
