import { LRUCache } from "lru-cache";
import { type Db, SECOND } from "../platform";
import { singleton } from "../platform/concurrency/singleton";
import type { Limit, LimitDecision } from "./limit";
import { consumeLimit } from "./limiter";

/** Counts `cost` or refuses, in a store that all processes share. */
type Consume = (db: Db, limit: Limit) => Promise<LimitDecision>;

/** Permits taken ahead are used within this time or lost: their window was charged for them. */
const HELD_MS = SECOND;
/** A call that arrives alone takes no permits ahead. */
const PACE_MS = SECOND;
/** Below so many calls a window, and in a window's last quarter, each permit is taken for a call that is there. */
const LARGE = 1_000;
const LAST_SHARE = 1 / 4;
/** The most that one process takes ahead, as a share of the remaining calls. */
const AHEAD_SHARE = 1 / 16;
const MAX_LIMITS = 20_000;

interface Waiting {
  resolve(decision: LimitDecision): void;
  reject(error: unknown): void;
}

/**
 * One limit's calls in this process. Those that come while the store is being asked share the next question; where calls come
 * fast, it is asked for those of the next moment as well, so that most find a permit in memory.
 */
class Line {
  #waiting: Waiting[] = [];
  #running = false;
  #held = 0;
  #heldUntil = 0;
  /** The newest decision; its `remaining` leaves out the permits in memory. */
  #last: LimitDecision | undefined;
  #pace = { since: 0, calls: 0, before: 0 };

  constructor(
    private readonly limit: Limit,
    private readonly consume: Consume,
  ) {}

  take(db: Db): Promise<LimitDecision> {
    const now = performance.now();
    this.#count(now);
    if (this.#held > 0 && now < this.#heldUntil && this.#last !== undefined) {
      return Promise.resolve(this.#takeOne(this.#last));
    }
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      if (!this.#running) void this.#run(db);
    });
  }

  /** A permit that is in memory; undefined where the store has to be asked, and then nothing was counted. */
  takeHeld(): LimitDecision | undefined {
    const now = performance.now();
    if (this.#held <= 0 || now >= this.#heldUntil || this.#last === undefined) return undefined;
    this.#count(now);
    return this.#takeOne(this.#last);
  }

  #takeOne(last: LimitDecision): LimitDecision {
    this.#held -= 1;
    return { ...last, remaining: last.remaining + this.#held };
  }

  async #run(db: Db): Promise<void> {
    this.#running = true;
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0);
      try {
        await this.#serve(db, group);
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.#running = false;
  }

  /** If not all fit, half of them are tried, down to one. If that one is refused, so are all that are left. */
  async #serve(db: Db, group: Waiting[]): Promise<void> {
    const ahead = this.#ahead();
    let size = group.length;
    for (let extra = ahead; group.length > 0; extra = 0) {
      const askedAt = performance.now();
      const decision = await this.consume(db, { ...this.limit, cost: size + extra });
      if (decision.allowed) {
        this.#last = decision;
        this.#held = extra;
        this.#heldUntil = askedAt + HELD_MS;
        const served = group.splice(0, size);
        for (const [index, { resolve }] of served.entries())
          resolve({ ...decision, remaining: decision.remaining + extra + served.length - 1 - index });
        size = Math.min(Math.max(1, size), group.length);
      } else if (size + extra === 1) {
        this.#last = undefined;
        for (const { resolve } of group.splice(0)) resolve(decision);
      } else if (extra === 0) {
        size = Math.floor(size / 2);
      }
    }
  }

  #ahead(): number {
    const { limit } = this.limit;
    const left = this.#last?.remaining ?? 0;
    if (limit < LARGE || left < limit * LAST_SHARE) return 0;
    return Math.min(Math.max(this.#pace.before, this.#pace.calls - 1), Math.floor(left * AHEAD_SHARE));
  }

  #count(now: number): void {
    const passed = Math.floor((now - this.#pace.since) / PACE_MS);
    if (passed > 0) this.#pace = { since: now, calls: 0, before: passed === 1 ? this.#pace.calls : 0 };
    this.#pace.calls += 1;
  }
}

export class Permits {
  readonly #lines = new LRUCache<string, Line>({ max: MAX_LIMITS });
  /** The same by the limit itself, for callers that keep it: a name would be put together for every call. */
  readonly #byLimit = new WeakMap<Limit, Line>();

  constructor(private readonly consume: Consume) {}

  /** A changed limit has a line of its own: permits taken ahead under the old one are lost. */
  take(db: Db, limit: Limit): Promise<LimitDecision> {
    return this.#lineOf(limit).take(db);
  }

  takeHeld(limit: Limit): LimitDecision | undefined {
    return this.#byLimit.get(limit)?.takeHeld();
  }

  #lineOf(limit: Limit): Line {
    const name = `${limit.key} ${limit.limit} ${limit.windowMs}`;
    let line = this.#lines.get(name);
    if (line === undefined) {
      line = new Line(limit, this.consume);
      this.#lines.set(name, line);
    }
    this.#byLimit.set(limit, line);
    return line;
  }
}

const permits = singleton("permits", () => new Permits(consumeLimit));

/**
 * Counts one call of many that are alike, as `consumeLimit` does with a cost of one: for limits that are asked hundreds of
 * times a second. Exact as that; only where calls suddenly stop, permits that were taken ahead stay unused, a sixteenth of
 * what was left at the most and none where little is.
 */
export function takePermit(db: Db, limit: Limit): Promise<LimitDecision> {
  return permits().take(db, limit);
}

/** The same at once, where this process holds a permit; undefined where it does not, and then nothing was counted. */
export function takeHeldPermit(limit: Limit): LimitDecision | undefined {
  return permits().takeHeld(limit);
}
