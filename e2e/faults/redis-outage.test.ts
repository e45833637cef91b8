import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, expect, it } from "vitest";
import { hasRedis, startRedis } from "../../infra/testing/redis/start-redis";
import { auditStreams, streamMany } from "./support/stream-many";
import { useInstallation } from "./support/use-installation";

const redis = hasRedis ? await startRedis() : undefined;
afterAll(() => redis?.stop());

const { processes, sql, customer } = await useInstallation({
  workers: 0,
  env: { ...(redis && { REDIS_URL: redis.url }), SIM_LATENCY_MS: "20" },
});

it.skipIf(redis === undefined)(
  "no stream is broken off or billed otherwise than it said while Redis hangs, is killed and comes back empty",
  async () => {
    const who = await customer();
    await sql.query("UPDATE subscriptions SET plan = 'enterprise' WHERE org_id = $1", [who.orgId]);
    const load = streamMany(processes.url, who, {
      atOnce: 12,
      prompt: (n) => `Question ${n} [[sim:slow:${(n % 5) * 20}]]`,
    });
    await sleep(1_500);
    redis?.freeze();
    await sleep(2_000);
    redis?.thaw();
    await sleep(1_000);
    redis?.kill();
    await sleep(2_000);
    await redis?.start();
    await sleep(2_000);
    const seen = await load.stop();
    const others = seen.filter(({ ended }) => ended !== "whole");
    console.log("Redis frozen, killed, replaced:", seen.length, "streams", others);
    // A call that is refused meanwhile gets `retry-after`; a call that has begun is never broken off.
    for (const { ended, retryAfter } of others)
      expect({ ended, retryAfter }).toEqual({ ended: "refused", retryAfter: expect.any(String) });
    expect(seen.length).toBeGreaterThan(50);
    await auditStreams(sql, who, seen);
  },
);
