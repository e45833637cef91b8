export interface FreshCacheOptions {
  /** How old an answer may be when it is used, counted from when its reading began. */
  maxAgeMs: number;
  /** Least recently used answers leave first. */
  maxEntries: number;
  /** Monotonic milliseconds. */
  now?: () => number;
}

interface Entry<T> {
  startedAt: number;
  answer: Promise<T>;
}

/**
 * Answers of a read (misses too) that may be a few seconds old. What changes in the database is seen here within
 * `maxAgeMs` whatever happens, and at once in a process that calls `drop`: an answer whose reading began before the
 * drop is never given out after it. Callers that ask at the same time share one read; a failed read is not kept.
 */
export class FreshCache<T> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #maxAgeMs: number;
  readonly #maxEntries: number;
  readonly #now: () => number;

  constructor({ maxAgeMs, maxEntries, now = () => performance.now() }: FreshCacheOptions) {
    this.#maxAgeMs = maxAgeMs;
    this.#maxEntries = maxEntries;
    this.#now = now;
  }

  get(key: string, read: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(key);
    this.#entries.delete(key);
    if (known !== undefined && this.#now() - known.startedAt < this.#maxAgeMs) {
      this.#entries.set(key, known);
      return known.answer;
    }
    const entry: Entry<T> = { startedAt: this.#now(), answer: read() };
    this.#entries.set(key, entry);
    entry.answer.catch(() => {
      if (this.#entries.get(key) === entry) this.#entries.delete(key);
    });
    this.#evict();
    return entry.answer;
  }

  drop(key: string): void {
    this.#entries.delete(key);
  }

  dropWhere(matches: (key: string) => boolean): void {
    for (const key of this.#entries.keys()) if (matches(key)) this.#entries.delete(key);
  }

  get size(): number {
    return this.#entries.size;
  }

  #evict(): void {
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#maxEntries) return;
      this.#entries.delete(oldest);
    }
  }
}
