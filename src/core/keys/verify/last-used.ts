import { SECOND } from "../../platform/clock";
import type { Db } from "../../platform/db/client";
import { log } from "../../platform/observability/log";
import { singleton } from "../../platform/singleton";

const FLUSH_EVERY_MS = 5 * SECOND;
const MAX_BATCH = 10_000;

interface Uses {
  latest: Map<string, Date>;
  timer: NodeJS.Timeout | undefined;
}

/** One a process: the server that stops writes down the uses that pages saw too. */
const uses = singleton("key uses", (): Uses => ({ latest: new Map(), timer: undefined }));

/** Remembers when a key was last used. However many requests it serves, it costs one row of one UPDATE every few seconds. */
export function recordUse(db: Db, apiKeyId: string, at: Date): void {
  const { latest, timer } = uses();
  latest.set(apiKeyId, at);
  if (timer !== undefined) return;
  uses().timer = setTimeout(() => {
    flushLastUsed(db).catch((error: unknown) => {
      log().warn({ err: error }, "could not write when API keys were last used; it is tried again");
    });
  }, FLUSH_EVERY_MS).unref();
}

/** Writes down all uses not yet written; called every few seconds and before the process ends. */
export async function flushLastUsed(db: Db): Promise<void> {
  clearTimeout(uses().timer);
  uses().timer = undefined;
  while (uses().latest.size > 0) {
    const batch = [...uses().latest].slice(0, MAX_BATCH);
    for (const [id] of batch) uses().latest.delete(id);
    try {
      await write(db, batch);
    } catch (error) {
      for (const [id, at] of batch) if (!uses().latest.has(id)) uses().latest.set(id, at);
      throw error;
    }
  }
}

/** Locks in the order of ids, so that two processes that write the same keys cannot deadlock. */
async function write(db: Db, batch: readonly [string, Date][]): Promise<void> {
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
