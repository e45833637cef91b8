import type { Db } from "../platform/db/client";
import { redis } from "../platform/redis";
import type { Limit, LimitDecision } from "./limit";
import { Limiter } from "./limiter";

let limiter: Limiter | undefined;

/**
 * Takes `cost` out of a sliding window, shared by every process, or refuses and takes nothing. Decided within 200 ms
 * with Redis dead; throws only when PostgreSQL does not answer either. Never call it inside a transaction: the row of a
 * busy key would stay locked until the commit.
 */
export function consumeLimit(db: Db, limit: Limit): Promise<LimitDecision> {
  limiter ??= new Limiter(redis());
  return limiter.consume(db, limit);
}

/** What `consumeLimit` would answer, without taking anything. */
export function peekLimit(db: Db, limit: Limit): Promise<LimitDecision> {
  limiter ??= new Limiter(redis());
  return limiter.peek(db, limit);
}
