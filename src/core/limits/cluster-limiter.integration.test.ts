import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hasRedis } from "../../../infra/testing/redis/start-redis";
import {
  moveSlot,
  type RedisNode,
  startRedisCluster,
  type TestCluster,
} from "../../../infra/testing/redis/start-redis-cluster";
import { until } from "../../../infra/testing/until";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import type { Db } from "../platform";
import { createDb } from "../platform/db/client";
import { createRedis, pingRedis, type RedisClient } from "../platform/redis";
import type { Limit } from "./limit";
import { Limiter } from "./limiter";
import { RedisLimiter } from "./redis-limiter";
import { fresh, HOUR, keepsTheRules } from "./testing/store-rules";

let db: Db;
let cluster: TestCluster;
let client: RedisClient;
let limiter: Limiter;

beforeAll(async () => {
  const { databaseUrl } = await useTestStack();
  db = createDb({ url: databaseUrl, poolMax: 20 });
});
afterAll(() => db.$disconnect());

const nameOf = (limit: Limit) => `rl:${tagOf(limit)}:${Math.floor(Date.now() / HOUR)}`;
/** On a busy machine a count may be late, and then it is never told: Redis is given what it would know. */
const tell = ({ direct }: RedisNode, limit: Limit, count: number) =>
  direct.set(nameOf(limit), count, "PX", 2 * HOUR);
const tagOf = (limit: Limit) => `{${limit.key}:${HOUR}}`;
const connected = async (of: TestCluster) => {
  const made = createRedis(of.url, of);
  await until(() => made.status === "ready");
  return made;
};
const burst = async (limit: Limit, calls = 40) => {
  const decisions = await Promise.all(Array.from({ length: calls }, () => limiter.consume(db, limit)));
  return decisions.filter(({ allowed }) => allowed).length;
};
/** What Redis alone answers: undefined while it does not. */
const leftInRedis = (limit: Limit) =>
  new RedisLimiter(client).peek(limit).then(
    ({ remaining }) => remaining,
    () => undefined,
  );

describe.skipIf(!hasRedis)("limits in a Redis cluster", () => {
  beforeAll(async () => {
    cluster = await startRedisCluster();
  });
  beforeEach(async () => {
    client = await connected(cluster);
    limiter = new Limiter(client);
  });
  afterEach(() => client.disconnect());
  afterAll(() => cluster?.stop());

  keepsTheRules({ db: () => db, limiter: () => limiter });

  it("are counted on the node that has the key's slot", async () => {
    await until(async () => {
      const limit = fresh(5);
      expect(await burst(limit)).toBe(5);
      const { home } = await cluster.homeOf(tagOf(limit));
      return (await home.direct.get(nameOf(limit))) === "5" && (await leftInRedis(limit)) === 0;
    });
  });

  it("are exact while a slot moves to another node under load, and are asked for there afterwards", async () => {
    const limit = fresh(60);
    expect(await burst(limit, 10)).toBe(10);
    const { home, slot } = await cluster.homeOf(tagOf(limit));
    await tell(home, limit, 10);
    const to = cluster.masters.find((one) => one !== home);
    if (to === undefined) throw new Error("one node only");
    let passed = 10;
    const during = async () => (passed += await burst(limit, 10));
    await moveSlot(cluster, slot, { from: home, to, during });
    expect(passed).toBeGreaterThan(20);
    while (passed < 60) passed += await burst(limit, 10);
    expect(await burst(limit)).toBe(0);
    expect(passed).toBe(60);
    // The client learns of the move by itself; what it was not told of meanwhile, PostgreSQL knows.
    await until(async () => (await leftInRedis(limit)) !== undefined);
    expect(Number(await to.direct.get(nameOf(limit)))).toBeGreaterThanOrEqual(10);
  });

  it("are exact through a node that hangs, and through its death; the others' slots are served on", async () => {
    const [limit, again] = [fresh(30), fresh(30)];
    const { home } = await cluster.homeOf(tagOf(limit));
    expect(await burst(limit, 10)).toBe(10);
    home.freeze();
    expect(await burst(limit, 5)).toBe(5);
    home.thaw();
    await home.kill();
    expect(await burst(limit)).toBe(15);
    expect(await burst(again)).toBe(30);
    expect(await burst(again)).toBe(0);
    await until(() =>
      pingRedis(client).then(
        () => false,
        () => true,
      ),
    );
  });
});

describe.skipIf(!hasRedis)("limits in a Redis cluster whose masters have replicas", () => {
  it.each(["dies", "hangs"] as const)(
    "are exact when a master %s, and its replica refuses by what it had counted",
    { timeout: 90_000 },
    async (what) => {
      cluster = await startRedisCluster();
      client = await connected(cluster);
      limiter = new Limiter(client);
      try {
        const limit = fresh(30);
        const { home } = await cluster.homeOf(tagOf(limit));
        const replica = await cluster.addReplica(home);
        expect(await burst(limit, 30)).toBe(30);
        await tell(home, limit, 30);
        await replica.direct.readonly();
        await until(async () => (await replica.direct.get(nameOf(limit)).catch(() => null)) === "30");
        if (what === "dies") await home.kill();
        else home.freeze();
        expect(await burst(limit)).toBe(0);
        await until(async () => (await replica.direct.info("replication")).includes("role:master"));
        await until(async () => (await leftInRedis(limit)) === 0);
        expect(await burst(limit)).toBe(0);
        expect(await burst(fresh(7))).toBe(7);
      } finally {
        client.disconnect();
        await cluster.stop();
      }
    },
  );

  it("are kept behind TLS and a password", async () => {
    cluster = await startRedisCluster({ secure: true });
    client = await connected(cluster);
    limiter = new Limiter(client);
    try {
      const limit = fresh(3);
      expect(await burst(limit)).toBe(3);
      await until(async () => (await leftInRedis(limit)) !== undefined);
      const stranger = createRedis(cluster.url);
      await expect(pingRedis(stranger)).rejects.toThrow();
      stranger.disconnect();
    } finally {
      client.disconnect();
      await cluster.stop();
    }
  });
});
