import type { Redis } from "ioredis";
import { DAY, type Db } from "../platform";
import { CircuitBreaker } from "../platform/concurrency/circuit-breaker";
import { singleton } from "../platform/concurrency/singleton";
import { log } from "../platform/observability/log";
import { redis } from "../platform/redis";
import type { CacheEntry } from "./cache-scope";

/** Encrypted answers by the names of their entries. */
interface EntryStore {
  read(entry: CacheEntry): Promise<Uint8Array | undefined>;
  write(entry: CacheEntry, cipher: Uint8Array<ArrayBuffer>, expiresAt: Date): Promise<void>;
  deleteAll(orgId: string): Promise<void>;
}

function inPostgres(db: Db): EntryStore {
  return {
    async read({ orgId, name }) {
      const row = await db.cachedAnswer.findUnique({
        where: { orgId_entry: { orgId, entry: name }, expiresAt: { gt: new Date() } },
        select: { answerCipher: true },
      });
      return row?.answerCipher;
    },
    async write({ orgId, name }, cipher, expiresAt) {
      await db.$executeRaw`
        INSERT INTO cached_answers (org_id, entry, answer_cipher, expires_at)
        VALUES (${orgId}::uuid, ${name}, ${cipher}, ${expiresAt}::timestamptz)
        ON CONFLICT (org_id, entry) DO UPDATE SET
          answer_cipher = EXCLUDED.answer_cipher, expires_at = EXCLUDED.expires_at`;
    },
    async deleteAll(orgId) {
      await db.cachedAnswer.deleteMany({ where: { orgId } });
    },
  };
}

const PAGE = 1_000;
const LONGEST_MS = 30 * DAY;

/** The braces keep an organization's entries on one node of a cluster; the index is what a purge goes by. */
const keyOf = ({ orgId, name }: CacheEntry) => `rc:{${orgId}}:${Buffer.from(name).toString("base64url")}`;
const indexOf = (orgId: string) => `rc:{${orgId}}:index`;

function inRedis(client: Redis): EntryStore {
  return {
    read: async (entry) => (await client.getBuffer(keyOf(entry))) ?? undefined,
    async write(entry, cipher, expiresAt) {
      const [key, index, at] = [keyOf(entry), indexOf(entry.orgId), expiresAt.getTime()];
      await client
        .multi()
        .set(key, Buffer.from(cipher), "PX", Math.max(1, at - Date.now()))
        .zadd(index, at, key)
        .zremrangebyscore(index, 0, Date.now())
        .pexpire(index, LONGEST_MS)
        .exec();
    },
    async deleteAll(orgId) {
      const index = indexOf(orgId);
      for (let count = PAGE; count === PAGE; ) {
        const keys = await client.zrange(index, "0", String(PAGE - 1));
        count = keys.length;
        if (count > 0)
          await client
            .multi()
            .unlink(...keys)
            .zrem(index, ...keys)
            .exec();
      }
    },
  };
}

/** Redis where it answers, within its client's timeout of 80 ms; PostgreSQL where there is none or it is away. */
class Stores {
  readonly #breaker = new CircuitBreaker(1_000);
  readonly #redis: EntryStore | undefined;

  constructor(client: Redis | undefined) {
    this.#redis = client && inRedis(client);
  }

  async read(db: Db, entry: CacheEntry): Promise<Uint8Array | undefined> {
    return await this.#first(db, (store) => store.read(entry));
  }

  async write(db: Db, entry: CacheEntry, cipher: Uint8Array<ArrayBuffer>, expiresAt: Date): Promise<void> {
    await this.#first(db, (store) => store.write(entry, cipher, expiresAt));
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
