import { withTimeout } from "../concurrency/with-timeout";
import { type Db, db } from "../db/client";
import { type Queue, queue } from "../queue/queue";
import { pingRedis, type RedisClient, redis } from "../redis";

export interface CheckResult {
  /** `degraded`: the product works without it, but slower. */
  status: "ok" | "failed" | "degraded";
  latency_ms: number;
}

export interface Readiness {
  status: "ready" | "not_ready";
  checks: { database: CheckResult; queue: CheckResult; redis?: CheckResult };
}

export interface Dependencies {
  db: Db;
  queue: Queue;
  redis: RedisClient | undefined;
}

const TIMEOUT_MS = 2_000;

/**
 * Checks what this process depends on, all at once and for two seconds at most. Ready means that a request can be accepted
 * and stored, which needs only the database. Without the queue requests are accepted and sent later, and PostgreSQL takes
 * over from Redis: both are `degraded`, never `not_ready`.
 */
export async function checkReadiness(
  dependencies: Dependencies = { db: db(), queue: queue(), redis: redis() },
): Promise<Readiness> {
  const { db: database, queue: requestQueue, redis: cache } = dependencies;
  const [databaseCheck, queueCheck, redisCheck] = await Promise.all([
    check(() => database.$queryRaw`SELECT 1`, "failed"),
    check(() => requestQueue.depths(), "degraded"),
    cache === undefined ? undefined : check(() => pingRedis(cache), "degraded"),
  ]);
  return {
    status: databaseCheck.status === "ok" ? "ready" : "not_ready",
    checks: {
      database: databaseCheck,
      queue: queueCheck,
      ...(redisCheck === undefined ? {} : { redis: redisCheck }),
    },
  };
}

async function check(ask: () => Promise<unknown>, otherwise: "failed" | "degraded"): Promise<CheckResult> {
  const started = performance.now();
  try {
    await withTimeout(ask(), TIMEOUT_MS);
    return { status: "ok", latency_ms: Math.round(performance.now() - started) };
  } catch {
    return { status: otherwise, latency_ms: Math.round(performance.now() - started) };
  }
}
