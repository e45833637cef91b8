import { LRUCache } from "lru-cache";

export interface FreshCacheOptions {
  /** The oldest answer that is used, counted from when its reading began. */
  maxAgeMs: number;
  /** Beyond so many answers the least recently used leave. */
  maxEntries: number;
  /** Monotonic milliseconds. */
  now?: () => number;
}

interface Entry<T> {
  startedAt: number;
  answer: Promise<T>;
}

/**
 * Answers of a read (misses too) that may be a few seconds old. A change in the database shows here within `maxAgeMs`
 * whatever happens, and at once in a process that calls `drop`: an answer whose reading began before the drop is never
 * given out after it. Callers that ask at the same time share one read; a failed read is not kept.
 */
export class FreshCache<T> {
  readonly #entries: LRUCache<string, Entry<T>>;
  readonly #maxAgeMs: number;
  readonly #now: () => number;

  constructor({ maxAgeMs, maxEntries, now = () => performance.now() }: FreshCacheOptions) {
    this.#entries = new LRUCache({ max: maxEntries });
    this.#maxAgeMs = maxAgeMs;
    this.#now = now;
  }

  get(key: string, read: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(key);
    if (known !== undefined && this.#now() - known.startedAt < this.#maxAgeMs) return known.answer;
    const entry: Entry<T> = { startedAt: this.#now(), answer: read() };
    this.#entries.set(key, entry);
    entry.answer.catch(() => {
      if (this.#entries.peek(key) === entry) this.#entries.delete(key);
    });
    return entry.answer;
  }

  drop(key: string): void {
    this.#entries.delete(key);
  }

  dropWhere(matches: (key: string) => boolean): void {
    for (const key of [...this.#entries.keys()]) if (matches(key)) this.#entries.delete(key);
  }

  get size(): number {
    return this.#entries.size;
  }
}
