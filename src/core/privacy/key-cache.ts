import { LRUCache } from "lru-cache";
import { MINUTE, SECOND } from "../platform";
import { singleton } from "../platform/concurrency/singleton";
import type { DataKeys } from "./data-keys";

const MAX_KEYS = 10_000;
/** A key is unwrapped again after this time, so that revoking the master key takes effect. */
const UNWRAPPED_MS = 5 * MINUTE;
/** A key's row is read again after this time: the longest that another process can use a destroyed key. */
const CHECKED_MS = 5 * SECOND;

interface Entry {
  rowId: string;
  key: DataKeys;
  unwrappedAt: number;
  checkedAt: number;
}

/** Unwrapped data keys in memory: bounded, least recently used evicted first, timed by the monotonic clock. */
export class KeyCache {
  readonly #entries: LRUCache<string, Entry>;
  #drops = 0;

  constructor(
    private readonly now: () => number = () => performance.now(),
    maxKeys = MAX_KEYS,
  ) {
    this.#entries = new LRUCache({ max: maxKeys });
  }

  /** The key, if its row was read within the last five seconds. */
  fresh(name: string): DataKeys | undefined {
    const entry = this.#entries.get(name);
    return entry !== undefined && this.now() - entry.checkedAt < CHECKED_MS ? entry.key : undefined;
  }

  /** The key of a row that was just read (its ID and state: `stateOf`), if it was unwrapped within the last five minutes. */
  confirmed(name: string, rowId: string): DataKeys | undefined {
    const entry = this.#entries.get(name);
    if (entry?.rowId !== rowId || this.now() - entry.unwrappedAt >= UNWRAPPED_MS) return undefined;
    entry.checkedAt = this.now();
    return entry.key;
  }

  /** Read it before a key's row is read, and pass it to `put`. */
  get generation(): number {
    return this.#drops;
  }

  /** Stores a key, unless any key was dropped since its row was read, because it may have been this one. */
  put(name: string, rowId: string, key: DataKeys, generation: number): void {
    if (generation !== this.#drops) return;
    this.#entries.set(name, { rowId, key, unwrappedAt: this.now(), checkedAt: this.now() });
  }

  drop(name: string): void {
    this.#drops += 1;
    this.#entries.delete(name);
  }
}

/** One per process, so that a key dropped by one bundle is gone for all. */
export const keyCache = singleton("data keys", () => new KeyCache())();
