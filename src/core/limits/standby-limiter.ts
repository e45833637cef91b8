import { LRUCache } from "lru-cache";
import { carriedOver, type Limit, type LimitDecision, nextFit } from "./limit";

interface Windows {
  start: number;
  previous: number;
  current: number;
}

/**
 * Counts in this process alone, for a region whose database cannot be written to: what it answers there is reads. Several
 * processes allow several times the limit, for as long as the region waits to be promoted.
 */
export class StandbyLimiter {
  readonly #windows = new LRUCache<string, Windows>({ max: 20_000 });

  consume(limit: Limit, { counting }: { counting: boolean }, nowMs = Date.now()): LimitDecision {
    const { key, limit: most, windowMs, cost = 1 } = limit;
    const start = nowMs - (nowMs % windowMs);
    const known = this.#windows.get(key);
    const windows: Windows =
      known?.start === start
        ? known
        : { start, previous: known?.start === start - windowMs ? known.current : 0, current: 0 };
    const use = { nowMs, previous: windows.previous, current: windows.current };
    const used = carriedOver(use, windowMs) + windows.current;
    const allowed = used + cost <= most;
    if (counting && allowed) windows.current += cost;
    this.#windows.set(key, windows);
    return {
      allowed,
      limit: most,
      remaining: Math.max(0, most - used - (allowed ? cost : 0)),
      resetAt: allowed ? new Date(start + windowMs) : nextFit(use, limit),
    };
  }
}
