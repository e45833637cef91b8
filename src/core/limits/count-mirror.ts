import type { Db } from "../platform";
import { WriteBehind } from "../platform/concurrency/batching/write-behind";
import { log } from "../platform/observability/log";
import type { Limit } from "./limit";
import { storedKey } from "./postgres-limiter";

/** How long PostgreSQL may not yet know of what Redis allowed. */
const MIRROR_MS = 15;

interface Count {
  key: string;
  /** Milliseconds since the epoch. */
  start: number;
  length: number;
  count: number;
}

/**
 * Tells PostgreSQL what this process allowed by Redis, in one statement for all keys a few milliseconds later, so that
 * the store that takes over knows the counts. What cannot be written stays until it can, or until its window is over.
 */
export class CountMirror {
  readonly #counts = new WriteBehind<Count>({
    delayMs: MIRROR_MS,
    merge: (earlier, later) => {
      earlier.count += later.count;
      return earlier;
    },
    write: (db, counts) =>
      writeCounts(
        db,
        counts.map(([, count]) => count),
      ),
    isWorthKeeping: ({ start, length }) => start + 2 * length > Date.now(),
    onError: logFailure,
  });

  record(db: Db, limit: Limit, nowMs: number = Date.now()): void {
    const { windowMs: length, cost: count = 1 } = limit;
    const start = nowMs - (nowMs % length);
    const key = storedKey(limit);
    this.#counts.add(db, `${key} ${start}`, { key, start, length, count });
  }

  /** Resolves when all that was recorded before is written, or could not be. */
  flush(db: Db): Promise<void> {
    return this.#counts.flush(db).catch(logFailure);
  }
}

/** One order of rows everywhere, so that two processes never wait for each other. */
async function writeCounts(db: Db, counts: readonly Count[]): Promise<void> {
  await db.$executeRaw`
    INSERT INTO rate_limit_buckets AS bucket (key, window_start, count, expires_at)
    SELECT key, 'epoch'::timestamptz + start * interval '1 millisecond', count,
      'epoch'::timestamptz + (start + 2 * length) * interval '1 millisecond'
    FROM json_to_recordset(${JSON.stringify(counts)}::json) AS c(key text, start bigint, length bigint, count int)
    ORDER BY key, start
    ON CONFLICT (key, window_start) DO UPDATE SET count = bucket.count + EXCLUDED.count`;
}

function logFailure(error: unknown): void {
  log().debug({ err: error }, "counts of limits could not be mirrored yet");
}
