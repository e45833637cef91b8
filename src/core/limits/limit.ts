export interface Limit {
  /** Whose allowance this is. Hash what is personal (an address, an email) before it comes here. */
  key: string;
  /** How much fits into one window. */
  limit: number;
  windowMs: number;
  /** How much this call takes; 1 unless told otherwise. */
  cost?: number | undefined;
}

export interface LimitDecision {
  allowed: boolean;
  limit: number;
  /** What is left after this call. */
  remaining: number;
  /** When the next call of the same cost fits, if this one did not; else when the present window ends. */
  resetAt: Date;
}

/** How far two neighboring windows are used. `now` is the time of the store that counts. */
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

/** The first moment at which `cost` fits, if nothing else is taken until then. */
export function nextFit(use: WindowUse, { limit, windowMs, cost = 1 }: Limit): Date {
  const windowStart = use.nowMs - (use.nowMs % windowMs);
  const thisWindow = firstRoom(use.previous, limit - cost - use.current, windowMs);
  if (thisWindow !== undefined) return new Date(Math.max(use.nowMs, windowStart + thisWindow));
  const nextWindow = firstRoom(use.current, limit - cost, windowMs) ?? windowMs;
  return new Date(windowStart + windowMs + nextWindow);
}

/** How far into a window the share carried over from `previous` has sunk to `room`; undefined if not within it. */
function firstRoom(previous: number, room: number, windowMs: number): number | undefined {
  if (room < 0) return undefined;
  if (previous <= room) return 0;
  const offset = Math.floor((windowMs * (previous - room - 1)) / previous) + 1;
  return offset < windowMs ? offset : undefined;
}
