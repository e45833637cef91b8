import { type Db, timeOfId } from "../../platform";
import { Batcher } from "../../platform/concurrency/batching/batcher";
import { InFlight } from "../../platform/concurrency/in-flight";
import { singleton } from "../../platform/concurrency/singleton";
import { queryNamed } from "../../platform/db/client";
import { log } from "../../platform/observability/log";
import { inSpan } from "../../platform/observability/trace";
import type { Queue, QueueName } from "../../platform/queue/queue";

/** What this noun needs of the queue. */
export type RequestQueue = Pick<Queue, "send">;

/** One per process, so that shutdown also waits for the playground's sends. */
const sending = singleton("sends to the queue", () => new InFlight());

/**
 * Sends a committed request to its queue without making the caller wait: the row is committed, so the 202 holds
 * whatever the queue does. A failed send is logged; `recoverRequests` repeats it.
 */
export function enqueueRequest(
  db: Db,
  queue: RequestQueue,
  { requestId, queueName, traceId }: { requestId: string; queueName: QueueName; traceId: string },
): void {
  const sent = inSpan("send inference", { kind: "producer", parent: traceId }, () =>
    queue.send(queueName, { requestId, traceId }),
  )
    .then(() => markEnqueued(db, requestId))
    .catch((error: unknown) => {
      log().warn(
        { requestId, queue: queueName, err: error },
        "the queue did not take a request; recovery will send it",
      );
    });
  sending().add(sent);
}

/** Resolves when every send under way has ended: part of a clean shutdown. */
export function flushSends(): Promise<void> {
  return sending().settle();
}

const MAX_BATCH = 500;
/** Far below what `recoverRequests` waits for. */
const LINGER_MS = 50;

const batchers = new WeakMap<Db, Batcher<string>>();

/** Sets `enqueued_at`; requests of the same moment share one statement. */
function markEnqueued(db: Db, requestId: string): Promise<void> {
  let batcher = batchers.get(db);
  if (batcher === undefined) {
    batcher = new Batcher((ids) => setEnqueuedAt(db, ids), { maxSize: MAX_BATCH, lingerMs: LINGER_MS });
    batchers.set(db, batcher);
  }
  return batcher.add(requestId);
}

async function setEnqueuedAt(db: Db, ids: readonly string[]): Promise<undefined> {
  const times = ids.map((id) => timeOfId(id).getTime());
  const [first, last] = [Math.min(...times), Math.max(...times)].map((time) => new Date(time).toISOString());
  await queryNamed(db, {
    name: "mark_enqueued",
    text: `UPDATE inference_requests SET enqueued_at = now()
      WHERE id = ANY($1::uuid[]) AND created_at BETWEEN $2::timestamptz AND $3::timestamptz
        AND enqueued_at IS NULL AND status = 'queued'`,
    values: [ids, first, last],
  });
}
