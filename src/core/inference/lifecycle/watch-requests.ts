import { type Db, timeOfId } from "../../platform";
import { Prisma } from "../../platform/db/client";
import { log } from "../../platform/observability/log";

const END_POLL_MS = 100;
const ended = Prisma.sql`status IN ('completed', 'failed', 'cancelled')`;

/** Waits until a request has ended; false when time ran out or the caller went away. */
export function waitForEnd(
  db: Db,
  {
    requestId,
    timeoutMs,
    signal,
  }: { requestId: string; timeoutMs: number; signal?: AbortSignal | undefined },
): Promise<boolean> {
  if (signal?.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const settle = (hasEnded: boolean) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", giveUp);
      unwatch();
      resolve(hasEnded);
    };
    const giveUp = () => settle(false);
    const timer = setTimeout(giveUp, timeoutMs);
    signal?.addEventListener("abort", giveUp, { once: true });
    const unwatch = endPolls.of(db).watch(requestId, () => settle(true));
  });
}

/** A customer who cancels a running call waits for its end: often enough that it stops well within a second. */
const CANCEL_POLL_MS = 250;
const cancelRequested = Prisma.sql`cancel_requested_at IS NOT NULL`;

/** Calls back once the customer has asked to cancel the request; returns the function that stops watching. */
export function watchCancel(
  db: Db,
  { requestId, onCancel }: { requestId: string; onCancel: () => void },
): () => void {
  return cancelPolls.of(db).watch(requestId, onCancel);
}

const MAX_IDS = 1_000;

/** Called once, when its request has reached the awaited state. */
type Watcher = () => void;

/**
 * Watches many requests for one state. All that watch in this process share one query a round, so hundreds of them
 * cost the database as much as one; without watchers there is no query at all.
 */
class SharedPoll {
  readonly #watchers = new Map<string, Set<Watcher>>();
  #running = false;

  constructor(
    private readonly db: Db,
    private readonly everyMs: number,
    /** A condition on the row of a request. */
    private readonly state: Prisma.Sql,
  ) {}

  /** Returns the function that stops watching. */
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

  /** A failed query is logged and the watchers wait for the next round. */
  async #reached(ids: string[]): Promise<string[]> {
    const times = ids.map((id) => timeOfId(id).getTime());
    // The span of their times prunes the query to the partitions that hold them.
    const [first, last] = [Math.min(...times), Math.max(...times)].map((time) =>
      new Date(time).toISOString(),
    );
    try {
      const rows = await this.db.$queryRaw<{ id: string }[]>`
        SELECT id FROM inference_requests
        WHERE id = ANY(${ids}::uuid[]) AND created_at BETWEEN ${first}::timestamptz AND ${last}::timestamptz
          AND ${this.state}`;
      return rows.map(({ id }) => id);
    } catch (error) {
      log().warn({ err: error, watching: ids.length }, "could not read the watched requests");
      return [];
    }
  }
}

/** One poll a database client, so that all that watch through it share its queries. */
class Polls {
  readonly #byDb = new WeakMap<Db, SharedPoll>();

  constructor(
    private readonly everyMs: number,
    private readonly state: Prisma.Sql,
  ) {}

  of(db: Db): SharedPoll {
    const poll = this.#byDb.get(db) ?? new SharedPoll(db, this.everyMs, this.state);
    this.#byDb.set(db, poll);
    return poll;
  }
}

const endPolls = new Polls(END_POLL_MS, ended);
const cancelPolls = new Polls(CANCEL_POLL_MS, cancelRequested);
