import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import type { Db } from "../platform/db/client";
import { log } from "../platform/observability/log";
import { CircuitBreaker } from "./circuit-breaker";
import { CountMirror } from "./count-mirror";
import type { Limit, LimitDecision } from "./limit";
import { limiterMetrics } from "./metrics";
import { consumeInPostgres, peekInPostgres } from "./postgres-limiter";
import { RedisLimiter } from "./redis-limiter";

const REST_MS = 1_000;
/** After Redis fails: until every process has written down in PostgreSQL what Redis let through before. */
const SETTLE_MS = 50;
/**
 * An answer of Redis that took longer may be of a time that is over: others may have lost Redis since, and count in
 * PostgreSQL already. Half of its time-out, so that a busy process is noticed before its counts can come too late.
 */
const LATE_MS = 40;

/**
 * Redis first, PostgreSQL whenever Redis is absent, down or slower than its client's time-out (80 ms).
 *
 * Guaranteed: a limit is never passed within one store, whatever the concurrency and the number of processes, nor when
 * calls move between the stores:
 * - to PostgreSQL: it is told of what Redis lets through within 15 ms, and decides only once that is in; what Redis
 *   answers late, it has to allow as well;
 * - to Redis: it says since when it has counted everything. Until that covers the windows a decision looks at, both
 *   stores count and both must allow. A Redis that comes up empty, or was away from one process, starts anew in this.
 *
 * The bound that remains: where only some processes reach Redis, what those without it let through is unknown to the
 * others, so both groups together may let twice the limit through for as long as that lasts; and counts that a process
 * takes with it when it is killed in its last 15 ms are missing if Redis dies in the same window.
 */
export class Limiter {
  readonly #redis: RedisLimiter | undefined;
  readonly #breaker = new CircuitBreaker(REST_MS);
  readonly #mirror = new CountMirror();
  /** Failures of Redis, and how many of them Redis has been told of. */
  #failures = 0;
  #told = 0;
  #settledAt = 0;

  constructor(redis: Redis | undefined) {
    this.#redis = redis === undefined ? undefined : new RedisLimiter(redis);
    if (this.#redis !== undefined) limiterMetrics().circuitOpen.set(0);
  }

  consume(db: Db, limit: Limit): Promise<LimitDecision> {
    return this.#decide(db, limit, {
      inRedis: (redis) => redis.consume(limit),
      inPostgres: () => consumeInPostgres(db, limit),
      taken: () => this.#mirror.record(db, limit),
    });
  }

  peek(db: Db, limit: Limit): Promise<LimitDecision> {
    return this.#decide(db, limit, {
      inRedis: (redis) => redis.peek(limit),
      inPostgres: () => peekInPostgres(db, limit),
      taken: () => undefined,
    });
  }

  async #decide(db: Db, limit: Limit, { inRedis, inPostgres, taken }: Stores): Promise<LimitDecision> {
    const redis = this.#redis;
    const takeOver = async () => counted("postgres", await inPostgres());
    if (redis === undefined) return takeOver();
    if (!this.#breaker.mayTry()) return this.#settled(db).then(takeOver);
    const failures = this.#failures;
    const askedAt = performance.now();
    try {
      // Sent in this order over one connection, and carried out in it.
      const [, complete, decision] = await Promise.all([
        failures === this.#told ? undefined : redis.countsAnew(),
        redis.hasCounted(limit, { slackMs: REST_MS }),
        inRedis(redis),
      ]);
      this.#told = Math.max(this.#told, failures);
      this.#breaker.succeeded();
      limiterMetrics().circuitOpen.set(0);
      const late = performance.now() - askedAt > LATE_MS;
      if (decision.allowed && (!complete || late)) return takeOver();
      if (decision.allowed) taken();
      return counted("redis", decision);
    } catch (error) {
      this.#fail(redis, failures === this.#told, error);
      return this.#settled(db).then(takeOver);
    }
  }

  #fail(redis: RedisLimiter, wasWell: boolean, error: unknown): void {
    this.#failures += 1;
    this.#breaker.failed();
    limiterMetrics().circuitOpen.set(1);
    if (wasWell) this.#settledAt = performance.now() + SETTLE_MS;
    // A Redis that hangs carries this out as soon as it wakes, before it counts for any process that noticed nothing.
    redis.countsAnew().catch(() => undefined);
    const reason = error instanceof Error ? error.message : "unknown";
    log().debug({ reason }, "a limit was decided in PostgreSQL");
  }

  async #settled(db: Db): Promise<void> {
    const wait = this.#settledAt - performance.now();
    if (wait <= 0) return;
    await Promise.all([sleep(wait), this.#mirror.flush(db)]);
  }
}

interface Stores {
  inRedis: (redis: RedisLimiter) => Promise<LimitDecision>;
  inPostgres: () => Promise<LimitDecision>;
  /** Called when Redis alone let the call through. */
  taken: () => void;
}

function counted(source: "redis" | "postgres", decision: LimitDecision): LimitDecision {
  limiterMetrics().decisions.inc({ source, outcome: decision.allowed ? "allowed" : "refused" });
  return decision;
}
