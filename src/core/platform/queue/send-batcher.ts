const BATCH_MAX = 10;
/** Full batches on their way at once. */
const IN_FLIGHT_MAX = 4;
/** Below it a send leaves at once; above it sends gather until a batch is full or another has arrived. */
const EAGER_MAX = 2;

/** Says for each item, in order, whether it arrived; undefined is success. Throwing fails the whole batch. */
export type SendBatch<Item> = (items: Item[]) => Promise<(Error | undefined)[]>;

interface Waiting<Item> {
  item: Item;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * Gathers concurrent sends into batches of ten. Each caller gets the outcome of its own item, and no later than
 * `timeoutMs` after it asked, however long the line is. After a time-out the item may or may not have arrived.
 */
export class SendBatcher<Item> {
  readonly #waiting = new Set<Waiting<Item>>();
  #inFlight = 0;
  #scheduled = false;
  #idle: (() => void)[] = [];

  constructor(
    private readonly sendBatch: SendBatch<Item>,
    private readonly timeoutMs: number,
    private readonly timeoutError: () => Error,
  ) {}

  send(item: Item): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#waiting.delete(entry);
        reject(this.timeoutError());
      }, this.timeoutMs);
      const entry: Waiting<Item> = {
        item,
        resolve: () => {
          clearTimeout(timer);
          resolve();
        },
        reject: (error) => {
          clearTimeout(timer);
          reject(error);
        },
      };
      this.#waiting.add(entry);
      this.#schedule();
    });
  }

  /** Resolves when nothing is waiting or on its way. */
  async drain(): Promise<void> {
    if (this.#waiting.size === 0 && this.#inFlight === 0) return;
    await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** One turn of the event loop is waited, so that the sends of one turn travel together. */
  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#flush();
    });
  }

  #flush(): void {
    while (this.#mayLeave()) {
      const batch = [...this.#waiting].slice(0, BATCH_MAX);
      for (const entry of batch) this.#waiting.delete(entry);
      this.#inFlight += 1;
      void this.#deliver(batch);
    }
    if (this.#waiting.size === 0 && this.#inFlight === 0) {
      for (const resolve of this.#idle.splice(0)) resolve();
    }
  }

  #mayLeave(): boolean {
    const full = this.#waiting.size >= BATCH_MAX;
    return this.#waiting.size > 0 && this.#inFlight < (full ? IN_FLIGHT_MAX : EAGER_MAX);
  }

  async #deliver(batch: Waiting<Item>[]): Promise<void> {
    try {
      const outcomes = await this.sendBatch(batch.map(({ item }) => item));
      for (const [index, entry] of batch.entries()) {
        const error = outcomes[index];
        if (error === undefined) entry.resolve();
        else entry.reject(error);
      }
    } catch (error) {
      for (const entry of batch) entry.reject(error);
    } finally {
      this.#inFlight -= 1;
      this.#flush();
    }
  }
}
