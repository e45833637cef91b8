import type { Db } from "../platform/db/client";
import { log } from "../platform/observability/log";
import type { Limit } from "./limit";
import { storedKey } from "./postgres-limiter";

/** How long PostgreSQL may not yet know of what was let through by Redis. */
const MIRROR_MS = 15;

interface Count {
  key: string;
  /** Milliseconds since the epoch. */
  start: number;
  length: number;
  count: number;
}

/**
 * Tells PostgreSQL what this process let through by Redis, in one statement for all keys a few milliseconds later: so
 * that the twin that takes over knows the counts. What cannot be written stays until it can, or until its window is over.
 */
export class CountMirror {
  readonly #pending = new Map<string, Count>();
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> = Promise.resolve();

  note(db: Db, limit: Limit, nowMs: number = Date.now()): void {
    const { windowMs: length, cost: count = 1 } = limit;
    this.#add({ key: storedKey(limit), start: nowMs - (nowMs % length), length, count });
    this.#schedule(db);
  }

  /** Resolves when all that was noted before is written, or could not be. */
  flush(db: Db): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write(db));
    return this.#writing;
  }

  #add(counted: Count): void {
    const name = `${counted.key} ${counted.start}`;
    const known = this.#pending.get(name);
    if (known === undefined) this.#pending.set(name, counted);
    else known.count += counted.count;
  }

  #schedule(db: Db): void {
    this.#timer ??= setTimeout(() => {
      void this.flush(db).then(() => {
        this.#timer = undefined;
        if (this.#pending.size > 0) this.#schedule(db);
      });
    }, MIRROR_MS).unref();
  }

  async #write(db: Db): Promise<void> {
    const counts = [...this.#pending.values()];
    if (counts.length === 0) return;
    this.#pending.clear();
    try {
      // One order of rows everywhere, so that two processes never wait for each other.
      await db.$executeRaw`
        INSERT INTO rate_limit_buckets AS bucket (key, window_start, count, expires_at)
        SELECT key, 'epoch'::timestamptz + start * interval '1 millisecond', count,
          'epoch'::timestamptz + (start + 2 * length) * interval '1 millisecond'
        FROM json_to_recordset(${JSON.stringify(counts)}::json) AS c(key text, start bigint, length bigint, count int)
        ORDER BY key, start
        ON CONFLICT (key, window_start) DO UPDATE SET count = bucket.count + EXCLUDED.count`;
    } catch (error) {
      const now = Date.now();
      for (const count of counts) if (count.start + 2 * count.length > now) this.#add(count);
      log().debug({ err: error }, "counts of limits could not be mirrored yet");
    }
  }
}
