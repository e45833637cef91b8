import { createHash } from "node:crypto";
import { Ratelimit } from "@upstash/ratelimit";
import type { Redis } from "ioredis";
import { LRUCache } from "lru-cache";
import { type Limit, type LimitDecision, nextFit } from "./limit";
import { storedKey } from "./postgres-limiter";

type UpstashRedis = ConstructorParameters<typeof Ratelimit>[0]["redis"];

const PREFIX = "rl";
/** Since when (milliseconds since the epoch) every call was counted here. Absent in a Redis that lost its data. */
const SINCE = `${PREFIX}:since`;
/** Plans have a handful of limits; keys with limits of their own add more, and the cache must not grow with them. */
const MAX_LIMITERS = 1_000;

/**
 * The same sliding window kept in Redis by `@upstash/ratelimit`: one script, one round trip, exact under concurrency.
 * Time is this process's, so processes must agree on the clock (NTP). Rejects when Redis does not answer in time; the
 * script may have counted all the same, so the error is on the side of refusing.
 */
export class RedisLimiter {
  readonly #limiters = new LRUCache<string, Ratelimit>({ max: MAX_LIMITERS });
  readonly #scripts: UpstashRedis;

  constructor(private readonly redis: Redis) {
    this.#scripts = upstashOver(redis);
  }

  async consume(limit: Limit): Promise<LimitDecision> {
    const { success, remaining, reset } = await this.#limiter(limit).limit(identifier(limit), {
      rate: limit.cost ?? 1,
    });
    if (success) return { allowed: true, limit: limit.limit, remaining, resetAt: new Date(reset) };
    return { allowed: false, limit: limit.limit, remaining, resetAt: await this.#whenItFits(limit) };
  }

  async peek(limit: Limit): Promise<LimitDecision> {
    const { remaining, reset } = await this.#limiter(limit).getRemaining(identifier(limit));
    const allowed = remaining >= (limit.cost ?? 1);
    const resetAt = allowed ? new Date(reset) : await this.#whenItFits(limit);
    return { allowed, limit: limit.limit, remaining, resetAt };
  }

  /** Whether Redis has counted both windows of a decision from their beginning. */
  async hasCountedSince({ windowMs }: Limit, { slackMs }: { slackMs: number }): Promise<boolean> {
    const since = await this.redis.get(SINCE);
    if (since === null) {
      await this.redis.set(SINCE, Date.now(), "NX");
      return false;
    }
    const first = Math.floor((Number(since) + slackMs) / windowMs) + 1;
    return Math.floor(Date.now() / windowMs) > first;
  }

  /** Records that calls were counted elsewhere until now. */
  async restartCounting(): Promise<void> {
    await this.redis.set(SINCE, Date.now());
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
function upstashOver(redis: Redis): UpstashRedis {
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
