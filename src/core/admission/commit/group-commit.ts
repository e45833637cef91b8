import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import type { QueryResultRow } from "pg";
import { type Connection, DatabaseAway, type Statement } from "./connection";

const RETRY_MS = 100;

export interface GroupCommitOptions<Item, Row extends QueryResultRow, Outcome> {
  connection: Connection;
  maxSize: number;
  /** Beyond so many waiting items, further ones are rejected at once. */
  maxWaiting: number;
  /**
   * How long a group that is not full waits for further items, in milliseconds, by the size of the one before: a statement costs
   * PostgreSQL as much as ten items do. Zero: not at all.
   */
  gather?(before: number): number;
  statement(items: readonly Item[]): Statement;
  /** One outcome an item, in their order. */
  outcomes(items: readonly Item[], rows: readonly Row[]): Outcome[];
  /** The outcome of a whole group whose statement PostgreSQL refused, where that is no failure. */
  refused?(error: unknown): Outcome | undefined;
  /** How long items are kept and tried again while PostgreSQL is away. They may have been committed: `doubt` tells of which. */
  keep?: { forMs: number; doubt(item: Item): void };
}

interface Waiting<Item, Outcome> {
  item: Item;
  alone: boolean;
  keepUntil: number;
  resolve(outcome: Outcome): void;
  reject(error: unknown): void;
}

/**
 * Items that arrive while a statement is under way share the next one: at rest each goes alone and at once, under load one
 * round trip and one flush to disk carry dozens. One statement at a time, on one connection.
 */
export class GroupCommit<Item, Row extends QueryResultRow, Outcome> {
  #waiting: Waiting<Item, Outcome>[] = [];
  #running: Promise<void> | undefined;
  #lastSize = 0;

  constructor(private readonly options: GroupCommitOptions<Item, Row, Outcome>) {}

  get waiting(): number {
    return this.#waiting.length;
  }

  /** @throws DatabaseAway, or PostgreSQL's error for this item alone. `alone`: not in a group with others. */
  add(item: Item, { alone = false } = {}): Promise<Outcome> {
    const { keep, maxWaiting } = this.options;
    if (this.#waiting.length >= maxWaiting) return Promise.reject(new DatabaseAway(false));
    return new Promise((resolve, reject) => {
      const keepUntil = performance.now() + (keep?.forMs ?? 0);
      this.#waiting.push({ item, alone, keepUntil, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Resolves when nothing waits or is under way. */
  async drain(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    do {
      const pause = this.#pause();
      await (pause > 0 ? sleep(pause) : nextTurn());
      const group = this.#takeGroup();
      this.#lastSize = group.length;
      await this.#commit(group);
    } while (this.#waiting.length > 0);
    this.#running = undefined;
  }

  #pause(): number {
    const { gather, maxSize } = this.options;
    return gather === undefined || this.#waiting.length >= maxSize ? 0 : gather(this.#lastSize);
  }

  #takeGroup(): Waiting<Item, Outcome>[] {
    const firstAlone = this.#waiting.findIndex(({ alone }) => alone);
    const size = firstAlone === -1 ? this.options.maxSize : Math.max(1, firstAlone);
    return this.#waiting.splice(0, Math.min(size, this.options.maxSize));
  }

  async #commit(group: Waiting<Item, Outcome>[]): Promise<void> {
    const { connection, statement, outcomes, refused } = this.options;
    const items = group.map(({ item }) => item);
    try {
      const rows = await connection.query<Row>(statement(items));
      for (const [index, outcome] of outcomes(items, rows).entries()) group[index]?.resolve(outcome);
    } catch (error) {
      if (error instanceof DatabaseAway) return this.#away(group, error);
      const outcome = refused?.(error);
      if (outcome !== undefined) for (const { resolve } of group) resolve(outcome);
      // One bad item must not fail the others: each is tried alone.
      else if (group.length > 1) this.#waiting.unshift(...group.map((one) => ({ ...one, alone: true })));
      else for (const { reject } of group) reject(error);
    }
  }

  async #away(group: Waiting<Item, Outcome>[], error: DatabaseAway): Promise<void> {
    const { keep } = this.options;
    if (error.sent) for (const { item } of group) keep?.doubt(item);
    const now = performance.now();
    const all = [...group, ...this.#waiting];
    this.#waiting = all.filter(({ keepUntil }) => keepUntil > now);
    for (const { keepUntil, reject } of all) if (keepUntil <= now) reject(error);
    if (this.#waiting.length > 0) await sleep(RETRY_MS);
  }
}
