export interface Limit {
  /** The limited subject. Hash personal values (an IP address, an email address) first. */
  key: string;
  /** The most that one window allows. */
  limit: number;
  windowMs: number;
  /** How much this call counts; 1 by default. */
  cost?: number | undefined;
}

export interface LimitDecision {
  allowed: boolean;
  limit: number;
  /** Calls left after this one. */
  remaining: number;
  /** When the window ends; for a refused call, when one of the same cost fits. */
  resetAt: Date;
}

/** The counts of the current window and of the one before, at `nowMs` of the store that counts. */
export interface WindowUse {
  nowMs: number;
  previous: number;
  current: number;
}

/**
 * The sliding window (as Cloudflare's and Upstash's): the previous window counts in proportion to how much of it the
 * last `windowMs` still covers. Windows start at multiples of `windowMs` since the epoch.
 */
export function carriedOver({ nowMs, previous }: WindowUse, windowMs: number): number {
  return Math.floor(((windowMs - (nowMs % windowMs)) * previous) / windowMs);
}

/** When `cost` fits, if nothing else is counted until then. */
export function nextFit(use: WindowUse, { limit, windowMs, cost = 1 }: Limit): Date {
  const windowStart = use.nowMs - (use.nowMs % windowMs);
  const thisWindow = offsetOfHeadroom(use.previous, limit - cost - use.current, windowMs);
  if (thisWindow !== undefined) return new Date(Math.max(use.nowMs, windowStart + thisWindow));
  const nextWindow = offsetOfHeadroom(use.current, limit - cost, windowMs) ?? windowMs;
  return new Date(windowStart + windowMs + nextWindow);
}

/** Milliseconds into a window until the share carried over from `previous` is down to `headroom`; undefined if never. */
function offsetOfHeadroom(previous: number, headroom: number, windowMs: number): number | undefined {
  if (headroom < 0) return undefined;
  if (previous <= headroom) return 0;
  const offset = Math.floor((windowMs * (previous - headroom - 1)) / previous) + 1;
  return offset < windowMs ? offset : undefined;
}
