import type { Db } from "../platform/db";
import { timeOfId } from "../platform/ids";
import { log } from "../platform/log";

const POLL_MS = 100;
const MAX_IDS = 1_000;

/**
 * Waits until a request has ended; false when time ran out or the caller went away. All that wait in this process
 * share one query every 100 ms, so hundreds of waiting callers cost the database as much as one.
 */
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
    const waiter: Waiter = (ended) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", giveUp);
      poller.remove(requestId, waiter);
      resolve(ended);
    };
    const giveUp = () => waiter(false);
    const timer = setTimeout(giveUp, timeoutMs);
    signal?.addEventListener("abort", giveUp, { once: true });
    const poller = pollerOf(db);
    poller.add(requestId, waiter);
  });
}

type Waiter = (ended: boolean) => void;

class Poller {
  readonly #waiters = new Map<string, Set<Waiter>>();
  #running = false;

  constructor(private readonly db: Db) {}

  add(requestId: string, waiter: Waiter): void {
    const waiters = this.#waiters.get(requestId) ?? new Set();
    this.#waiters.set(requestId, waiters.add(waiter));
    if (this.#running) return;
    this.#running = true;
    void this.#poll();
  }

  remove(requestId: string, waiter: Waiter): void {
    const waiters = this.#waiters.get(requestId);
    waiters?.delete(waiter);
    if (waiters?.size === 0) this.#waiters.delete(requestId);
  }

  async #poll(): Promise<void> {
    while (this.#waiters.size > 0) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      const ids = [...this.#waiters.keys()];
      for (let from = 0; from < ids.length; from += MAX_IDS) {
        for (const id of await this.#ended(ids.slice(from, from + MAX_IDS))) {
          for (const waiter of [...(this.#waiters.get(id) ?? [])]) waiter(true);
        }
      }
    }
    this.#running = false;
  }

  /** A failed look is not the waiters' fault: they go on waiting, each up to its own time. */
  async #ended(ids: string[]): Promise<string[]> {
    const times = ids.map((id) => timeOfId(id).getTime());
    const first = new Date(Math.min(...times)).toISOString();
    const last = new Date(Math.max(...times)).toISOString();
    try {
      const rows = await this.db.$queryRaw<{ id: string }[]>`
        SELECT id FROM inference_requests
        WHERE id = ANY(${ids}::uuid[]) AND created_at BETWEEN ${first}::timestamptz AND ${last}::timestamptz
          AND status IN ('completed', 'failed', 'cancelled')`;
      return rows.map(({ id }) => id);
    } catch (error) {
      log().warn({ err: error, waiting: ids.length }, "could not look for ended requests");
      return [];
    }
  }
}

const pollers = new WeakMap<Db, Poller>();

function pollerOf(db: Db): Poller {
  const poller = pollers.get(db) ?? new Poller(db);
  pollers.set(db, poller);
  return poller;
}
