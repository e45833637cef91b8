import { LRUCache } from "lru-cache";

export interface FreshCacheOptions {
  /** The oldest answer that is used, counted from when its reading began. */
  maxAgeMs: number;
  /** Beyond so many answers the least recently used leave. */
  maxEntries: number;
  /** While reading fails, the last answer is given for so long after it was read; 0 by default. */
  maxStaleMs?: number;
  /** Monotonic milliseconds. */
  now?: () => number;
}

interface Entry<T> {
  startedAt: number;
  answer: Promise<T>;
  /** Once it has been read, and when. */
  known?: { value: T; readAt: number };
}

/** A failed read is not repeated sooner for callers that get the last answer. */
const RETRY_MS = 500;

/**
 * Caches reads (misses too) that may be a few seconds old. A change in the database shows within `maxAgeMs`, and at
 * once in a process that calls `drop`: no read that began before the drop is returned after it, not even where a later
 * read fails. Concurrent callers share one read; a failed read is not cached.
 */
export class FreshCache<T> {
  readonly #entries: LRUCache<string, Entry<T>>;
  readonly #maxAgeMs: number;
  readonly #maxStaleMs: number;
  readonly #now: () => number;

  constructor({ maxAgeMs, maxEntries, maxStaleMs = 0, now = () => performance.now() }: FreshCacheOptions) {
    this.#entries = new LRUCache({ max: maxEntries });
    this.#maxAgeMs = maxAgeMs;
    this.#maxStaleMs = maxStaleMs;
    this.#now = now;
  }

  get(key: string, read: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(key);
    if (known !== undefined && this.#now() - known.startedAt < this.#maxAgeMs) return known.answer;
    const startedAt = this.#now();
    const entry: Entry<T> = { startedAt, answer: this.#read(key, read, () => entry, known?.known) };
    this.#entries.set(key, entry);
    entry.answer.catch(() => {
      if (this.#entries.peek(key) === entry) this.#entries.delete(key);
    });
    return entry.answer;
  }

  async #read(
    key: string,
    read: () => Promise<T>,
    entry: () => Entry<T>,
    last: Entry<T>["known"],
  ): Promise<T> {
    const readAt = this.#now();
    try {
      const value = await read();
      entry().known = { value, readAt };
      return value;
    } catch (error) {
      const usable = last !== undefined && this.#now() - last.readAt < this.#maxStaleMs;
      if (!usable || this.#entries.peek(key) !== entry()) throw error;
      entry().known = last;
      entry().startedAt = this.#now() - this.#maxAgeMs + RETRY_MS;
      return last.value;
    }
  }

  /** The answer that `get` would give, where it has been read: without a promise, for what every call asks. */
  fresh(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (entry?.known === undefined || this.#now() - entry.startedAt >= this.#maxAgeMs) return undefined;
    return entry.known.value;
  }

  drop(key: string): void {
    this.#entries.delete(key);
  }

  dropWhere(matches: (key: string) => boolean): void {
    for (const key of [...this.#entries.keys()]) if (matches(key)) this.#entries.delete(key);
  }

  /** Drops the answers that match, and those that are being read. */
  dropAnswers(matches: (answer: T) => boolean): void {
    for (const [key, { known }] of [...this.#entries.entries()])
      if (known === undefined || matches(known.value)) this.#entries.delete(key);
  }

  get size(): number {
    return this.#entries.size;
  }
}
