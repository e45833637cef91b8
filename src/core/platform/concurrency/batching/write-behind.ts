import type { Db } from "../../db/client";

export interface WriteBehindOptions<Value> {
  /** How long a value waits for others before all are written. */
  delayMs: number;
  /** The most values in one statement. */
  maxBatch?: number;
  /** Merges two values of the same key. It may change and return the earlier one. */
  merge(earlier: Value, later: Value): Value;
  write(db: Db, values: readonly (readonly [key: string, value: Value])[]): Promise<void>;
  /** Whether a value that could not be written should be tried again; by default always. */
  isWorthKeeping?(value: Value): boolean;
  /** Called when a write that the timer started has failed. It is tried again after `delayMs`. */
  onError(error: unknown): void;
}

/**
 * Writes values a little later, merged by key: however often a key changes, it costs one row of one statement. Values
 * that could not be written are kept and tried again.
 */
export class WriteBehind<Value> {
  readonly #pending = new Map<string, Value>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(private readonly options: WriteBehindOptions<Value>) {}

  add(db: Db, key: string, value: Value): void {
    const earlier = this.#pending.get(key);
    this.#pending.set(key, earlier === undefined ? value : this.options.merge(earlier, value));
    this.#schedule(db);
  }

  /** Resolves when everything added before is written; rejects when it could not be. */
  flush(db: Db): Promise<void> {
    const write = () => this.#writeAll(db);
    this.#writing = this.#writing.then(write, write);
    return this.#writing;
  }

  #schedule(db: Db): void {
    this.#timer ??= setTimeout(async () => {
      await this.flush(db).catch(this.options.onError);
      this.#timer = undefined;
      if (this.#pending.size > 0) this.#schedule(db);
    }, this.options.delayMs).unref();
  }

  async #writeAll(db: Db): Promise<void> {
    const { maxBatch = Number.POSITIVE_INFINITY, write } = this.options;
    let left = this.#pending.size;
    while (left > 0) {
      const batch = [...this.#pending].slice(0, maxBatch);
      for (const [key] of batch) this.#pending.delete(key);
      left -= batch.length;
      try {
        await write(db, batch);
      } catch (error) {
        this.#keep(batch);
        throw error;
      }
    }
  }

  #keep(batch: readonly (readonly [string, Value])[]): void {
    const { merge, isWorthKeeping = () => true } = this.options;
    for (const [key, value] of batch) {
      if (!isWorthKeeping(value)) continue;
      const later = this.#pending.get(key);
      this.#pending.set(key, later === undefined ? value : merge(value, later));
    }
  }
}
