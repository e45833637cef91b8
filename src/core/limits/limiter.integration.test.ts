import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { hasRedis, startRedis } from "../../../infra/testing/redis/start-redis";
import { startTcpProxy } from "../../../infra/testing/tcp-proxy";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import type { Db } from "../platform";
import { createDb } from "../platform/db/client";
import { deleteExpiredRows } from "../platform/db/rows/expire-rows";
import { createRedis, type RedisClient } from "../platform/redis";
import { consumeLimit, expiredLimitWindows, type Limit, peekLimit } from ".";
import { Limiter } from "./limiter";
import { fresh, HOUR, keepsTheRules, sleep } from "./testing/store-rules";

let db: Db;
let databaseUrl: string;

beforeAll(async () => {
  ({ databaseUrl } = await useTestStack());
  db = createDb({ url: databaseUrl, poolMax: 20 });
});

afterAll(() => db.$disconnect());

describe("limits in PostgreSQL", () => {
  keepsTheRules({ db: () => db, limiter: () => new Limiter(undefined) });

  it("are what a process without Redis uses", async () => {
    const limit = fresh(1);
    expect((await consumeLimit(db, limit)).allowed).toBe(true);
    expect((await peekLimit(db, limit)).allowed).toBe(false);
    expect(await db.rateLimitBucket.count({ where: { key: `${limit.key}:${HOUR}` } })).toBe(1);
  });

  it("hold across processes, each with its own connections", async () => {
    const other = createDb({ url: databaseUrl, poolMax: 5 });
    try {
      const limit = fresh(30);
      const calls = Array.from({ length: 100 }, (_, index) => consumeLimit(index % 2 ? db : other, limit));
      expect((await Promise.all(calls)).filter(({ allowed }) => allowed)).toHaveLength(30);
    } finally {
      await other.$disconnect();
    }
  });

  it("leave nothing behind once nobody reads them", async () => {
    const [old, current] = [fresh(1, 50), fresh(1)];
    await consumeLimit(db, old);
    await consumeLimit(db, current);
    await sleep(120);
    await deleteExpiredRows(db, expiredLimitWindows, new AbortController().signal);
    const left = await db.rateLimitBucket.findMany({
      where: { key: { startsWith: "" } },
      select: { key: true },
    });
    expect(left.map(({ key }) => key)).toContain(`${current.key}:${HOUR}`);
    expect(left.map(({ key }) => key)).not.toContain(`${old.key}:50`);
  });
});

describe.skipIf(!hasRedis)("limits in Redis", () => {
  let server: Awaited<ReturnType<typeof startRedis>>;
  let client: RedisClient;
  let limiter: Limiter;

  beforeAll(async () => {
    server = await startRedis();
  });

  beforeEach(async () => {
    client?.disconnect();
    client = await connected();
    limiter = new Limiter(client);
  });

  afterAll(async () => {
    client?.disconnect();
    await server?.stop();
  });

  async function connected(): Promise<RedisClient> {
    const made = createRedis(server.url);
    await new Promise<void>((resolve) => made.once("ready", () => resolve()));
    return made;
  }

  /** A process: another connection to each store; to PostgreSQL over a wire that can hang. */
  async function otherProcess() {
    const wire = await startTcpProxy(Number(new URL(databaseUrl).port));
    const address = new URL(databaseUrl);
    address.port = String(wire.port);
    const otherDb = createDb({ url: address.href, poolMax: 5 });
    const otherClient = await connected();
    const other = new Limiter(otherClient);
    return {
      wire,
      consume: (limit: Limit) => other.consume(otherDb, limit),
      async [Symbol.asyncDispose]() {
        otherClient.disconnect();
        await wire.stop();
        await otherDb.$disconnect().catch(() => undefined);
      },
    };
  }

  keepsTheRules({ db: () => db, limiter: () => limiter });

  const counted = async (limit: Limit) =>
    (await db.rateLimitBucket.findMany({ where: { key: { startsWith: limit.key } } })).reduce(
      (sum, { count }) => sum + count,
      0,
    );
  const knownToRedis = async (limit: Limit) => {
    const names = await client.keys(`rl:{${limit.key}*`);
    const counts = await Promise.all(names.map((name) => client.get(name)));
    return counts.reduce((sum, count) => sum + Number(count), 0);
  };
  const burst = async (of: Limiter, limit: Limit) => {
    const decisions = await Promise.all(Array.from({ length: 40 }, () => of.consume(db, limit)));
    return decisions.filter(({ allowed }) => allowed).length;
  };

  it("are counted in PostgreSQL before a call is let through, and in Redis a moment later", async () => {
    const limit = fresh(5);
    for (let call = 1; call <= 3; call++) {
      expect((await limiter.consume(db, limit)).allowed).toBe(true);
      expect(await counted(limit)).toBe(call);
    }
    await expect.poll(() => knownToRedis(limit)).toBe(3);
  });

  it("never count in Redis what PostgreSQL refused", async () => {
    const [limit, elsewhere] = [fresh(10), new Limiter(undefined)];
    expect((await elsewhere.consume(db, { ...limit, cost: 9 })).allowed).toBe(true);
    expect((await limiter.consume(db, { ...limit, cost: 2 })).allowed).toBe(false);
    expect(await burst(limiter, limit)).toBe(1);
    await expect.poll(() => knownToRedis(limit)).toBe(1);
    await sleep(100);
    expect(await knownToRedis(limit)).toBe(1);
  });

  it("are refused by Redis without a question to PostgreSQL", async () => {
    const limit = fresh(3);
    await using other = await otherProcess();
    for (let call = 0; call < 3; call++) expect((await other.consume(limit)).allowed).toBe(true);
    await expect.poll(() => knownToRedis(limit)).toBe(3);
    other.wire.hang();
    const refused = await other.consume(limit);
    expect(refused).toMatchObject({ allowed: false, remaining: 0 });
    expect(refused.resetAt.getTime()).toBeGreaterThan(Date.now());
  });

  it("move to PostgreSQL while Redis hangs, with what was taken before", async () => {
    const limit = fresh(10);
    for (let call = 0; call < 4; call++) await limiter.consume(db, limit);
    server.freeze();
    try {
      expect((await limiter.consume(db, limit)).allowed).toBe(true);
      expect(await burst(limiter, limit)).toBe(5);
    } finally {
      server.thaw();
    }
    expect(await burst(limiter, limit)).toBe(0);
  });

  it("hold for an answer of Redis that is read late: others may have counted since", async () => {
    const [limit, elsewhere] = [fresh(3), new Limiter(undefined)];
    for (let call = 0; call < 3; call++) await elsewhere.consume(db, limit);
    const asked = limiter.consume(db, limit);
    const busyUntil = performance.now() + 60;
    while (performance.now() < busyUntil);
    expect((await asked).allowed).toBe(false);
  });

  it("hold when a process is cut off behind Redis's answer for as long as it takes, and Redis is lost meanwhile", async () => {
    const limit = fresh(10);
    await using late = await otherProcess();
    expect((await late.consume(limit)).allowed).toBe(true);
    late.wire.hang();
    const undecided = Array.from({ length: 9 }, () =>
      late.consume(limit).then(
        ({ allowed }) => allowed,
        () => false,
      ),
    );
    await sleep(200);
    server.freeze();
    const meanwhile = await burst(limiter, limit).finally(() => server.thaw());
    await late.wire.start();
    const passed = (await Promise.all(undecided)).filter(Boolean).length;
    expect(1 + meanwhile + passed).toBe(10);
  });

  it("hold with Redis killed under load, and with a new, empty one afterwards", async () => {
    const limit = fresh(20);
    for (let call = 0; call < 8; call++) await limiter.consume(db, limit);
    await server.kill();
    expect(await burst(limiter, limit)).toBe(12);
    await server.start();
    await expect.poll(() => client.status, { timeout: 60_000 }).toBe("ready");
    expect(await burst(limiter, limit)).toBe(0);
    expect(await knownToRedis(limit)).toBe(0);
  });

  it("hold for a process that did not notice that another one was without Redis", async () => {
    const limit = fresh(10);
    await using idle = await otherProcess();
    await idle.consume(limit);
    server.freeze();
    const meanwhile = await burst(limiter, limit).finally(() => server.thaw());
    expect(meanwhile).toBe(9);
    expect((await idle.consume(limit)).allowed).toBe(false);
  });

  it("hold where only some processes reach Redis", async () => {
    const limit = fresh(30);
    await using other = await otherProcess();
    const without = new Limiter(undefined);
    const calls = Array.from({ length: 90 }, (_, n) =>
      n % 3 === 0 ? other.consume(limit) : (n % 3 === 1 ? limiter : without).consume(db, limit),
    );
    expect((await Promise.all(calls)).filter(({ allowed }) => allowed)).toHaveLength(30);
  });

  it("are never refused by what Redis executes late, once it answers again", async () => {
    const limit = fresh(40);
    server.freeze();
    const during = await burst(limiter, limit).finally(() => server.thaw());
    expect(during).toBe(40);
    const more = { ...limit, limit: 60 };
    await sleep(1_100);
    expect(await burst(limiter, more)).toBe(20);
  });

  it("decide without Redis where it was never there", async () => {
    const absent = createRedis("redis://127.0.0.1:1");
    try {
      expect((await new Limiter(absent).consume(db, fresh(1))).allowed).toBe(true);
    } finally {
      absent.disconnect();
    }
  });
});
