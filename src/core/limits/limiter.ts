import type { Redis } from "ioredis";
import type { Db } from "../platform/db";
import { log } from "../platform/log";
import { CircuitBreaker } from "./circuit-breaker";
import type { Limit, LimitDecision } from "./limit";
import { consumeInPostgres, peekInPostgres } from "./postgres-limiter";
import { RedisLimiter } from "./redis-limiter";

const REST_MS = 1_000;

/**
 * Redis first, PostgreSQL whenever Redis is absent, down or slower than its client's time-out (80 ms).
 *
 * Guaranteed: within one store a limit is never passed, whatever the concurrency and the number of processes. Each
 * store counts alone, so in a window in which calls move from one to the other (or some processes reach Redis and some
 * do not) each may let the limit through: at most twice the limit in that window, exact again in the next but one.
 */
export class Limiter {
  readonly #redis: RedisLimiter | undefined;
  readonly #breaker = new CircuitBreaker(REST_MS);

  constructor(redis: Redis | undefined) {
    this.#redis = redis === undefined ? undefined : new RedisLimiter(redis);
  }

  consume(db: Db, limit: Limit): Promise<LimitDecision> {
    return this.#decide(
      (redis) => redis.consume(limit),
      () => consumeInPostgres(db, limit),
    );
  }

  peek(db: Db, limit: Limit): Promise<LimitDecision> {
    return this.#decide(
      (redis) => redis.peek(limit),
      () => peekInPostgres(db, limit),
    );
  }

  async #decide(
    inRedis: (redis: RedisLimiter) => Promise<LimitDecision>,
    inPostgres: () => Promise<LimitDecision>,
  ): Promise<LimitDecision> {
    if (this.#redis === undefined || !this.#breaker.mayTry()) return inPostgres();
    try {
      const decision = await inRedis(this.#redis);
      this.#breaker.succeeded();
      return decision;
    } catch (error) {
      this.#breaker.failed();
      log().debug(
        { reason: error instanceof Error ? error.message : "unknown" },
        "a limit was decided in PostgreSQL",
      );
      return inPostgres();
    }
  }
}
