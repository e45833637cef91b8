import { setTimeout as sleep } from "node:timers/promises";
import type { Redis } from "ioredis";
import type { Db } from "../platform";
import { CircuitBreaker } from "../platform/concurrency/circuit-breaker";
import { singleton } from "../platform/concurrency/singleton";
import { log } from "../platform/observability/log";
import { counter, gauge } from "../platform/observability/metrics";
import { redis } from "../platform/redis";
import { CountMirror } from "./count-mirror";
import type { Limit, LimitDecision } from "./limit";
import { consumeInPostgres, peekInPostgres } from "./postgres-limiter";
import { RedisLimiter } from "./redis-limiter";

const CIRCUIT_OPEN_MS = 1_000;
/** After a failure of Redis: when every process has mirrored to PostgreSQL what Redis allowed before. */
const MIRRORED_AFTER_MS = 50;
/**
 * A response of Redis that took longer may be outdated: other processes may have lost Redis since, and count in
 * PostgreSQL already. Half of Redis's timeout, so that a busy process notices before its counts come too late.
 */
const LATE_MS = 40;

/**
 * Redis decides; PostgreSQL does whenever Redis is absent, down or slower than its client's timeout (80 ms) (ADR 9).
 *
 * A limit is never exceeded within one store, whatever the concurrency and the number of processes, nor when calls move
 * between the stores:
 * - to PostgreSQL: what Redis allowed is mirrored there within 15 ms, and PostgreSQL decides only after that. What Redis
 *   allowed too late, PostgreSQL must allow as well.
 * - to Redis: it stores since when it has counted everything. Until that covers the windows of a decision, both stores
 *   count and both must allow. A Redis that comes up empty, or that one process lost, starts over.
 *
 * What remains: where only some processes reach Redis, both groups together may allow twice the limit for as long as
 * that lasts; and the counts of the last 15 ms of a killed process are missing if Redis dies in the same window.
 */
export class Limiter {
  readonly #redis: RedisLimiter | undefined;
  readonly #breaker = new CircuitBreaker(CIRCUIT_OPEN_MS);
  readonly #mirror = new CountMirror();
  /** Failures of Redis, and how many of them are recorded in Redis. */
  #failures = 0;
  #recorded = 0;
  #mirroredAt = 0;

  constructor(redis: Redis | undefined) {
    this.#redis = redis === undefined ? undefined : new RedisLimiter(redis);
    if (this.#redis !== undefined) limiterMetrics().circuitOpen.set(0);
  }

  consume(db: Db, limit: Limit): Promise<LimitDecision> {
    return this.#decide(db, limit, {
      inRedis: (redis) => redis.consume(limit),
      inPostgres: () => consumeInPostgres(db, limit),
      onAllowed: () => this.#mirror.record(db, limit),
    });
  }

  peek(db: Db, limit: Limit): Promise<LimitDecision> {
    return this.#decide(db, limit, {
      inRedis: (redis) => redis.peek(limit),
      inPostgres: () => peekInPostgres(db, limit),
      onAllowed: () => undefined,
    });
  }

  async #decide(db: Db, limit: Limit, { inRedis, inPostgres, onAllowed }: Stores): Promise<LimitDecision> {
    const redis = this.#redis;
    const decideInPostgres = async () => counted("postgres", await inPostgres());
    if (redis === undefined) return decideInPostgres();
    if (!this.#breaker.mayTry()) return this.#mirrored(db).then(decideInPostgres);
    const failures = this.#failures;
    const askedAt = performance.now();
    try {
      // Sent in this order over one connection, and executed in it.
      const [, complete, decision] = await Promise.all([
        failures === this.#recorded ? undefined : redis.restartCounting(),
        redis.hasCountedSince(limit, { slackMs: CIRCUIT_OPEN_MS }),
        inRedis(redis),
      ]);
      this.#recorded = Math.max(this.#recorded, failures);
      this.#breaker.succeeded();
      limiterMetrics().circuitOpen.set(0);
      const late = performance.now() - askedAt > LATE_MS;
      if (decision.allowed && (!complete || late)) return decideInPostgres();
      if (decision.allowed) onAllowed();
      return counted("redis", decision);
    } catch (error) {
      this.#fail(redis, failures === this.#recorded, error);
      return this.#mirrored(db).then(decideInPostgres);
    }
  }

  #fail(redis: RedisLimiter, wasUp: boolean, error: unknown): void {
    this.#failures += 1;
    this.#breaker.failed();
    limiterMetrics().circuitOpen.set(1);
    if (wasUp) this.#mirroredAt = performance.now() + MIRRORED_AFTER_MS;
    // A Redis that hangs runs this first when it wakes, before it counts for a process that noticed nothing.
    redis.restartCounting().catch(() => undefined);
    const reason = error instanceof Error ? error.message : "unknown";
    log().debug({ reason }, "a limit was decided in PostgreSQL");
  }

  async #mirrored(db: Db): Promise<void> {
    const wait = this.#mirroredAt - performance.now();
    if (wait <= 0) return;
    await Promise.all([sleep(wait), this.#mirror.flush(db)]);
  }
}

interface Stores {
  inRedis: (redis: RedisLimiter) => Promise<LimitDecision>;
  inPostgres: () => Promise<LimitDecision>;
  /** Called when Redis alone let the call through. */
  onAllowed: () => void;
}

function counted(source: "redis" | "postgres", decision: LimitDecision): LimitDecision {
  limiterMetrics().decisions.inc({ source, outcome: decision.allowed ? "allowed" : "refused" });
  return decision;
}

export const limiterMetrics = singleton("limiter metrics", () => ({
  decisions: counter("agatha_limiter_decisions_total", "Decisions by the store that made them.", [
    "source",
    "outcome",
  ]),
  circuitOpen: gauge(
    "agatha_limiter_circuit_open",
    "1 while Redis has failed and PostgreSQL decides; absent where no Redis is configured.",
    [],
  ),
}));

/** One per process, so that portal and API both notice when Redis is down. */
const limiter = singleton("limiter", () => new Limiter(redis()));

/**
 * Counts `cost` in a sliding window shared by every process, or refuses and counts nothing. Decides within 200 ms with
 * Redis dead; throws only when PostgreSQL is down too. Never call it inside a transaction: the row of a busy key would
 * stay locked until the commit.
 */
export function consumeLimit(db: Db, limit: Limit): Promise<LimitDecision> {
  return limiter().consume(db, limit);
}

/** What `consumeLimit` would decide, without counting anything. */
export function peekLimit(db: Db, limit: Limit): Promise<LimitDecision> {
  return limiter().peek(db, limit);
}
