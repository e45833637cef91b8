import type { Db } from "../platform/db/client";
import { redis } from "../platform/redis";
import { singleton } from "../platform/singleton";
import type { Limit, LimitDecision } from "./limit";
import { Limiter } from "./limiter";

/** One a process, so that portal and API learn of a dead Redis together. */
const limiter = singleton("limiter", () => new Limiter(redis()));

/**
 * Takes `cost` out of a sliding window, shared by every process, or refuses and takes nothing. Decided within 200 ms
 * with Redis dead; throws only when PostgreSQL does not answer either. Never call it inside a transaction: the row of a
 * busy key would stay locked until the commit.
 */
export function consumeLimit(db: Db, limit: Limit): Promise<LimitDecision> {
  return limiter().consume(db, limit);
}

/** What `consumeLimit` would answer, without taking anything. */
export function peekLimit(db: Db, limit: Limit): Promise<LimitDecision> {
  return limiter().peek(db, limit);
}
