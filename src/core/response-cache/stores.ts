import type { Db } from "../platform";
import { CircuitBreaker } from "../platform/concurrency/circuit-breaker";
import { singleton } from "../platform/concurrency/singleton";
import { log } from "../platform/observability/log";
import { type RedisClient, redis } from "../platform/redis";
import type { CacheEntry } from "./cache-scope";
import type { EntryStore, EntryToWrite, Written } from "./entry-store";
import { inPostgres } from "./postgres-entries";
import { inRedis } from "./redis-entries";

/** Redis where it answers, within its client's timeout of 80 ms; PostgreSQL where there is none or it is away. */
class Stores {
  readonly #breaker = new CircuitBreaker(1_000);
  readonly #redis: EntryStore | undefined;

  constructor(client: RedisClient | undefined) {
    this.#redis = client && inRedis(client);
  }

  async read(db: Db, entry: CacheEntry): Promise<Uint8Array | undefined> {
    return await this.#first(db, (store) => store.read(entry));
  }

  async write(db: Db, entry: CacheEntry, toWrite: EntryToWrite): Promise<Written> {
    return await this.#first(db, (store) => store.write(entry, toWrite));
  }

  /** In both: what Redis cannot delete now is under names that nobody asks for again. */
  async deleteAll(db: Db, orgId: string): Promise<void> {
    await inPostgres(db).deleteAll(orgId);
    await this.#redis?.deleteAll(orgId).catch((error: unknown) => {
      log().warn({ err: error }, "stored answers could not be deleted in Redis: they expire there unread");
    });
  }

  async #first<T>(db: Db, use: (store: EntryStore) => Promise<T>): Promise<T> {
    if (this.#redis === undefined || !this.#breaker.mayTry()) return await use(inPostgres(db));
    try {
      const result = await use(this.#redis);
      this.#breaker.succeeded();
      return result;
    } catch {
      this.#breaker.failed();
      return await use(inPostgres(db));
    }
  }
}

export const stores = singleton("response cache", () => new Stores(redis()));
