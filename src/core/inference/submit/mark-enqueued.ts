import type { Db } from "../../platform/db/client";
import { timeOfId } from "../../platform/ids";

const MAX_BATCH = 500;
const LINGER_MS = 25;

interface Batch {
  ids: string[];
  done: Promise<void>;
}

const open = new WeakMap<Db, Batch>();

/** Notes that a request is in the queue; marks of the same moment share one statement. */
export function markEnqueued(db: Db, requestId: string): Promise<void> {
  let batch = open.get(db);
  if (batch === undefined || batch.ids.length >= MAX_BATCH) {
    const ids: string[] = [];
    const done = new Promise((resolve) => setTimeout(resolve, LINGER_MS)).then(() => {
      if (open.get(db)?.ids === ids) open.delete(db);
      return mark(db, ids);
    });
    batch = { ids, done };
    open.set(db, batch);
  }
  batch.ids.push(requestId);
  return batch.done;
}

async function mark(db: Db, ids: readonly string[]): Promise<void> {
  const times = ids.map((id) => timeOfId(id).getTime());
  const [first, last] = [Math.min(...times), Math.max(...times)].map((time) => new Date(time).toISOString());
  await db.$executeRaw`
    UPDATE inference_requests SET enqueued_at = now()
    WHERE id = ANY(${[...ids]}::uuid[])
      AND created_at BETWEEN ${first}::timestamptz AND ${last}::timestamptz
      AND enqueued_at IS NULL AND status = 'queued'`;
}
