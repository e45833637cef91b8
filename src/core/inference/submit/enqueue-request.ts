import type { Db } from "../../platform/db/client";
import { InFlight } from "../../platform/in-flight";
import { log } from "../../platform/observability/log";
import { inSpan } from "../../platform/observability/trace";
import type { Queue, QueueName } from "../../platform/queue/queue";
import { singleton } from "../../platform/singleton";
import { markEnqueued } from "./mark-enqueued";

/** What this noun needs of the queue. */
export type RequestQueue = Pick<Queue, "send">;

/** One a process: the server that stops waits for the sends of the playground too. */
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
