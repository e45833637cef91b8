import { type Db, SECOND } from "../../platform";
import { WriteBehind } from "../../platform/concurrency/batching/write-behind";
import { singleton } from "../../platform/concurrency/singleton";
import { log } from "../../platform/observability/log";

const FLUSH_EVERY_MS = 5 * SECOND;
const MAX_BATCH = 10_000;

/** One a process: the server that stops writes down the uses that pages saw too. */
const uses = singleton(
  "key uses",
  () =>
    new WriteBehind<Date>({
      delayMs: FLUSH_EVERY_MS,
      maxBatch: MAX_BATCH,
      merge: (_, later) => later,
      write,
      onError: (error) => {
        log().warn({ err: error }, "could not write when API keys were last used; it is tried again");
      },
    }),
);

/** Records when a key was last used: one row of one UPDATE every few seconds, however many requests the key serves. */
export function recordUse(db: Db, apiKeyId: string, at: Date): void {
  uses().add(db, apiKeyId, at);
}

/** Writes all uses not yet written; called before the process ends. */
export function flushLastUsed(db: Db): Promise<void> {
  return uses().flush(db);
}

/** Locks in the order of ids, so that two processes that write the same keys cannot deadlock. */
async function write(db: Db, batch: readonly (readonly [string, Date])[]): Promise<void> {
  const ids = batch.map(([id]) => id);
  const times = batch.map(([, at]) => at.toISOString());
  await db.$executeRaw`
    WITH used AS (SELECT * FROM unnest(${ids}::uuid[], ${times}::timestamptz[]) AS u(id, at)),
      held AS (
        SELECT k.id FROM api_keys k WHERE k.id = ANY(${ids}::uuid[]) ORDER BY k.id FOR NO KEY UPDATE
      )
    UPDATE api_keys k SET last_used_at = greatest(k.last_used_at, used.at)
    FROM used JOIN held ON held.id = used.id
    WHERE k.id = used.id`;
}
