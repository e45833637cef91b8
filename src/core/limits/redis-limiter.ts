import { createHash } from "node:crypto";
import { Ratelimit } from "@upstash/ratelimit";
import { LRUCache } from "lru-cache";
import type { RedisClient } from "../platform/redis";
import { type Limit, type LimitDecision, nextFit } from "./limit";
import { storedKey } from "./postgres-limiter";

type UpstashRedis = ConstructorParameters<typeof Ratelimit>[0]["redis"];

const PREFIX = "rl";
/** Plans have a handful of limits; keys with limits of their own add more, and the cache must not grow with them. */
const MAX_LIMITERS = 1_000;

/**
 * The same sliding window in Redis, by `@upstash/ratelimit`: counts of what PostgreSQL has let through, and no more, so that what
 * they refuse is refused rightly. Time is this process's, so processes must agree on the clock (NTP). Rejects when Redis does
 * not answer in time.
 */
export class RedisLimiter {
  readonly #limiters = new LRUCache<string, Ratelimit>({ max: MAX_LIMITERS });
  readonly #scripts: UpstashRedis;

  constructor(private readonly redis: RedisClient) {
    this.#scripts = upstashOver(redis);
  }

  async peek(limit: Limit): Promise<LimitDecision> {
    const { remaining, reset } = await this.#limiter(limit).getRemaining(identifier(limit));
    const allowed = remaining >= (limit.cost ?? 1);
    const resetAt = allowed ? new Date(reset) : await this.#whenItFits(limit);
    return { allowed, limit: limit.limit, remaining, resetAt };
  }

  /** Counts what PostgreSQL allowed: in the window in which it did, or not at all. */
  async count(limit: Limit, { resetAt }: LimitDecision): Promise<void> {
    const nowMs = Date.now();
    if (nowMs - (nowMs % limit.windowMs) + limit.windowMs !== resetAt.getTime()) return;
    await this.#limiter(limit).limit(identifier(limit), { rate: limit.cost ?? 1 });
  }

  /** The library's reset is the window's end, too late or too early; the counters give the exact moment. */
  async #whenItFits(limit: Limit): Promise<Date> {
    const nowMs = Date.now();
    const window = Math.floor(nowMs / limit.windowMs);
    const name = `${PREFIX}:${identifier(limit)}`;
    const [current, previous] = await this.redis.mget(`${name}:${window}`, `${name}:${window - 1}`);
    return nextFit({ nowMs, previous: Number(previous ?? 0), current: Number(current ?? 0) }, limit);
  }

  #limiter({ limit, windowMs }: Limit): Ratelimit {
    const name = `${limit}:${windowMs}`;
    const known = this.#limiters.get(name);
    if (known !== undefined) return known;
    const limiter = new Ratelimit({
      redis: this.#scripts,
      limiter: Ratelimit.slidingWindow(limit, `${windowMs} ms`),
      prefix: PREFIX,
      ephemeralCache: false,
      // The library's own timeout allows the call; the client's timeout hands it to PostgreSQL.
      timeout: 0,
    });
    this.#limiters.set(name, limiter);
    return limiter;
  }
}

/** The braces keep both windows of a key on one node of a cluster. */
function identifier(limit: Limit): string {
  return `{${storedKey(limit)}}`;
}

/**
 * The part of Upstash's client that the limiter uses, over ioredis: arguments spread out, and scripts without the `#!lua`
 * line that only Upstash's server accepts. That line is part of the script's hash, so hashes are translated.
 */
function upstashOver(redis: RedisClient): UpstashRedis {
  const hashes = new Map<string, string>();
  const client = {
    async evalsha<Args extends unknown[], Data>(...[hash, keys, args]: [string, string[], Args]) {
      const stripped = hashes.get(hash);
      if (stripped === undefined) throw new Error("NOSCRIPT not sent yet");
      return (await redis.evalsha(stripped, keys.length, ...keys, ...args.map(String))) as Data;
    },
    async eval<Args extends unknown[], Data>(...[script, keys, args]: [string, string[], Args]) {
      const stripped = script.replace(/^#!lua.*\n/, "");
      hashes.set(sha1(script), sha1(stripped));
      return (await redis.eval(stripped, keys.length, ...keys, ...args.map(String))) as Data;
    },
  };
  const scripts: Pick<UpstashRedis, "evalsha"> = client;
  return scripts as UpstashRedis;
}

/** Redis names scripts by SHA-1. */
function sha1(text: string): string {
  return createHash("sha1").update(text).digest("hex");
}
