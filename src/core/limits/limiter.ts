import type { Db } from "../platform";
import { standing } from "../platform/cell/standing";
import { CircuitBreaker } from "../platform/concurrency/circuit-breaker";
import { singleton } from "../platform/concurrency/singleton";
import { log } from "../platform/observability/log";
import { counter, gauge } from "../platform/observability/metrics";
import { type RedisClient, redis } from "../platform/redis";
import type { Limit, LimitDecision } from "./limit";
import { consumeInPostgres, peekInPostgres } from "./postgres-limiter";
import { RedisLimiter } from "./redis-limiter";
import { StandbyLimiter } from "./standby-limiter";

const CIRCUIT_OPEN_MS = 1_000;

/**
 * Redis refuses calls that do not fit; PostgreSQL decides about all others (ADR 58).
 *
 * - Nothing is let through that PostgreSQL has not counted. So a limit is never exceeded, whatever Redis does or forgets, whichever
 *   processes reach it, and however late or dead a process is.
 * - Redis is told of a call only after PostgreSQL has counted it. So its counts never exceed PostgreSQL's, and a call that it
 *   refuses, PostgreSQL would refuse.
 *
 * Where Redis is absent, down or slower than its client's timeout (80 ms), PostgreSQL refuses as well.
 */
export class Limiter {
  readonly #redis: RedisLimiter | undefined;
  readonly #standby = new StandbyLimiter();
  readonly #breaker = new CircuitBreaker(CIRCUIT_OPEN_MS);

  constructor(redis: RedisClient | undefined) {
    this.#redis = redis === undefined ? undefined : new RedisLimiter(redis);
    if (this.#redis !== undefined) limiterMetrics().circuitOpen.set(0);
  }

  async consume(db: Db, limit: Limit): Promise<LimitDecision> {
    if (standing() === "standby") return counted("memory", this.#standby.consume(limit, { counting: true }));
    const refusal = await this.#refusalOfRedis(limit);
    if (refusal !== undefined) return counted("redis", refusal);
    const decision = await consumeInPostgres(db, limit);
    // A count that Redis misses costs PostgreSQL a question more.
    if (decision.allowed && this.#breaker.isClosed)
      this.#redis?.count(limit, decision).catch(() => undefined);
    return counted("postgres", decision);
  }

  async peek(db: Db, limit: Limit): Promise<LimitDecision> {
    if (standing() === "standby") return counted("memory", this.#standby.consume(limit, { counting: false }));
    const refusal = await this.#refusalOfRedis(limit);
    if (refusal !== undefined) return counted("redis", refusal);
    return counted("postgres", await peekInPostgres(db, limit));
  }

  async #refusalOfRedis(limit: Limit): Promise<LimitDecision | undefined> {
    if (this.#redis === undefined || !this.#breaker.mayTry()) return undefined;
    try {
      const decision = await this.#redis.peek(limit);
      this.#breaker.succeeded();
      limiterMetrics().circuitOpen.set(0);
      return decision.allowed ? undefined : decision;
    } catch (error) {
      this.#breaker.failed();
      limiterMetrics().circuitOpen.set(1);
      const reason = error instanceof Error ? error.message : "unknown";
      log().debug({ reason }, "a limit was decided in PostgreSQL alone");
      return undefined;
    }
  }
}

function counted(source: "redis" | "postgres" | "memory", decision: LimitDecision): LimitDecision {
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
    "1 while Redis has failed and PostgreSQL decides alone; absent where no Redis is configured.",
    [],
  ),
}));

/** One per process, so that portal and API both notice when Redis is down. */
const limiter = singleton("limiter", () => new Limiter(redis()));

/**
 * Counts `cost` in a sliding window shared by every process, or refuses and counts nothing. Decides within 200 ms with
 * Redis dead; throws when PostgreSQL is down and Redis does not refuse. Never call it inside a transaction: the row of a
 * busy key would stay locked until the commit.
 */
export function consumeLimit(db: Db, limit: Limit): Promise<LimitDecision> {
  return limiter().consume(db, limit);
}

/** What `consumeLimit` would decide, without counting anything. */
export function peekLimit(db: Db, limit: Limit): Promise<LimitDecision> {
  return limiter().peek(db, limit);
}
