import { expect, it } from "vitest";
import { crossing, recordRedis } from "../../../infra/testing/redis/redis-recorder";
import { RedisLimiter } from "./redis-limiter";
import { fresh, HOUR } from "./testing/store-rules";

it("every script and command of the limiter names keys of one hash tag, so that a cluster can place it", async () => {
  // Nothing left, so that the counters are read as well.
  const { client, sent } = recordRedis((name) => (name === "mget" ? ["9", "9"] : [0, 9]));
  const limiter = new RedisLimiter(client);
  const resetAt = new Date(Date.now() - (Date.now() % HOUR) + HOUR);
  for (const limit of [fresh(9), { ...fresh(9), key: "{odd}:key" }]) {
    await limiter.peek(limit);
    await limiter.count(limit, { allowed: true, limit: 9, remaining: 1, resetAt });
  }
  expect(new Set(sent.map(({ name }) => name))).toEqual(new Set(["eval", "evalsha", "mget"]));
  expect(sent.every(({ tags }) => tags.length === 2)).toBe(true);
  expect(crossing(sent)).toEqual([]);
});
