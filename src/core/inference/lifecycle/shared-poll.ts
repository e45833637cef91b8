import type { Db, Prisma } from "../../platform/db/client";
import { timeOfId } from "../../platform/ids";
import { log } from "../../platform/observability/log";
import { requestsThatSql } from "../sql";

const MAX_IDS = 1_000;

/** Called once, when the awaited state of its request was seen. */
export type Watcher = () => void;

/**
 * Watches many requests for one state. All that watch in this process share one query a round, so hundreds of them
 * cost the database as much as one; without watchers there is no query at all.
 */
export class SharedPoll {
  readonly #watchers = new Map<string, Set<Watcher>>();
  #running = false;

  constructor(
    private readonly db: Db,
    private readonly everyMs: number,
    /** A condition on the row of a request. */
    private readonly state: Prisma.Sql,
  ) {}

  /** Returns what ends the watching. */
  watch(requestId: string, watcher: Watcher): () => void {
    const watchers = this.#watchers.get(requestId) ?? new Set();
    this.#watchers.set(requestId, watchers.add(watcher));
    if (!this.#running) {
      this.#running = true;
      void this.#poll();
    }
    return () => {
      watchers.delete(watcher);
      if (watchers.size === 0 && this.#watchers.get(requestId) === watchers) {
        this.#watchers.delete(requestId);
      }
    };
  }

  async #poll(): Promise<void> {
    while (this.#watchers.size > 0) {
      await new Promise((resolve) => setTimeout(resolve, this.everyMs));
      const ids = [...this.#watchers.keys()];
      for (let from = 0; from < ids.length; from += MAX_IDS) {
        for (const id of await this.#reached(ids.slice(from, from + MAX_IDS))) {
          const watchers = this.#watchers.get(id) ?? [];
          this.#watchers.delete(id);
          for (const watcher of watchers) watcher();
        }
      }
    }
    this.#running = false;
  }

  /** A failed look is not the watchers' fault: they go on watching. */
  async #reached(ids: string[]): Promise<string[]> {
    const times = ids.map((id) => timeOfId(id).getTime());
    const span = { first: new Date(Math.min(...times)), last: new Date(Math.max(...times)) };
    try {
      const rows = await this.db.$queryRaw<{ id: string }[]>(requestsThatSql(ids, span, this.state));
      return rows.map(({ id }) => id);
    } catch (error) {
      log().warn({ err: error, watching: ids.length }, "could not look at watched requests");
      return [];
    }
  }
}
