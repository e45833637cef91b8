import { Batcher } from "../../platform/batcher";
import type { Db } from "../../platform/db/client";
import { timeOfId } from "../../platform/ids";

const MAX_BATCH = 500;
const LINGER_MS = 25;

const batchers = new WeakMap<Db, Batcher<string>>();

/** Records that a request is in the queue; records of the same moment share one statement. */
export function markEnqueued(db: Db, requestId: string): Promise<void> {
  let batcher = batchers.get(db);
  if (batcher === undefined) {
    batcher = new Batcher((ids) => mark(db, ids), { maxSize: MAX_BATCH, lingerMs: LINGER_MS });
    batchers.set(db, batcher);
  }
  return batcher.add(requestId);
}

async function mark(db: Db, ids: readonly string[]): Promise<undefined> {
  const times = ids.map((id) => timeOfId(id).getTime());
  const [first, last] = [Math.min(...times), Math.max(...times)].map((time) => new Date(time).toISOString());
  await db.$executeRaw`
    UPDATE inference_requests SET enqueued_at = now()
    WHERE id = ANY(${[...ids]}::uuid[])
      AND created_at BETWEEN ${first}::timestamptz AND ${last}::timestamptz
      AND enqueued_at IS NULL AND status = 'queued'`;
}
