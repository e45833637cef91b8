export interface BatcherOptions {
  /** The most items in a batch. */
  maxSize: number;
  /** How long a batch's first item waits for others. 0: until the end of this turn of the event loop. */
  lingerMs?: number;
  /** Concurrent batches. Fewer that are not full, so that items gather while they run. */
  maxInFlight?: { full: number; partial: number };
  /** The longest a caller waits for its item. When it fires, the item may or may not have been processed. */
  timeout?: { ms: number; error: () => Error };
}

/**
 * Processes a batch. Returns an error or undefined for each item, in order, or nothing when none failed; throwing fails
 * them all.
 */
export type RunBatch<Item> = (items: Item[]) => Promise<readonly (Error | undefined)[] | undefined>;

interface Waiting<Item> {
  item: Item;
  resolve(): void;
  reject(error: unknown): void;
}

/** Gathers items that arrive at about the same time into batches. Each caller gets the result of its own item. */
export class Batcher<Item> {
  /** An array, because a set that items pass through keeps them from being collected (see `Bag`). */
  readonly #waiting: Waiting<Item>[] = [];
  #inFlight = 0;
  #scheduled = false;
  #idle: (() => void)[] = [];

  constructor(
    private readonly run: RunBatch<Item>,
    private readonly options: BatcherOptions,
  ) {}

  add(item: Item): Promise<void> {
    const { timeout } = this.options;
    return new Promise((resolve, reject) => {
      const entry: Waiting<Item> = { item, resolve, reject };
      if (timeout !== undefined) this.#expire(entry, timeout);
      this.#waiting.push(entry);
      this.#schedule();
    });
  }

  /** Resolves when nothing is waiting or running. */
  async drain(): Promise<void> {
    if (this.#waiting.length === 0 && this.#inFlight === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #expire(entry: Waiting<Item>, { ms, error }: NonNullable<BatcherOptions["timeout"]>): void {
    const { resolve, reject } = entry;
    const timer = setTimeout(() => {
      const at = this.#waiting.indexOf(entry);
      if (at !== -1) this.#waiting.splice(at, 1);
      reject(error());
    }, ms);
    entry.resolve = () => {
      clearTimeout(timer);
      resolve();
    };
    entry.reject = (reason) => {
      clearTimeout(timer);
      reject(reason);
    };
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    const flush = () => {
      this.#scheduled = false;
      this.#flush();
    };
    const { lingerMs = 0 } = this.options;
    if (lingerMs === 0) setImmediate(flush);
    else setTimeout(flush, lingerMs);
  }

  #flush(): void {
    while (this.#mayLeave()) {
      const batch = this.#waiting.splice(0, this.options.maxSize);
      this.#inFlight += 1;
      void this.#process(batch);
    }
    if (this.#waiting.length === 0 && this.#inFlight === 0) {
      for (const resolve of this.#idle.splice(0)) resolve();
    }
  }

  #mayLeave(): boolean {
    const { maxSize, maxInFlight } = this.options;
    if (this.#waiting.length === 0) return false;
    if (maxInFlight === undefined) return true;
    return this.#inFlight < (this.#waiting.length >= maxSize ? maxInFlight.full : maxInFlight.partial);
  }

  async #process(batch: Waiting<Item>[]): Promise<void> {
    try {
      const outcomes = await this.run(batch.map(({ item }) => item));
      for (const [index, entry] of batch.entries()) {
        const error = outcomes?.[index];
        if (error === undefined) entry.resolve();
        else entry.reject(error);
      }
    } catch (error) {
      for (const entry of batch) entry.reject(error);
    } finally {
      this.#inFlight -= 1;
      // A batch that is still gathering is sent when its time has come.
      if (!this.#scheduled) this.#flush();
    }
  }
}
