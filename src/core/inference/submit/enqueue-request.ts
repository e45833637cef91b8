import type { Db } from "../../platform/db/client";
import { log } from "../../platform/observability/log";
import { inSpan } from "../../platform/observability/trace";
import type { Lane } from "../lifecycle/lease";
import { markEnqueued } from "./mark-enqueued";

/** What this noun needs of the queue: `core/platform/queue` has it. */
export interface RequestQueue {
  send(lane: Lane, message: { requestId: string; delaySeconds?: number; traceId?: string }): Promise<void>;
}

const sending = new Set<Promise<void>>();

/**
 * Sends a committed request to its lane, without keeping the caller: it has its 202 already, whatever the queue does.
 * A send that fails is logged and left to the sweep.
 */
export function enqueueRequest(
  db: Db,
  queue: RequestQueue,
  { requestId, lane, traceId }: { requestId: string; lane: Lane; traceId: string },
): void {
  const sent = inSpan("send inference", { kind: "producer", parent: traceId }, () =>
    queue.send(lane, { requestId, traceId }),
  )
    .then(() => markEnqueued(db, requestId))
    .catch((error: unknown) => {
      log().warn({ requestId, lane, err: error }, "the queue did not take a request; the sweep will send it");
    })
    .finally(() => sending.delete(sent));
  sending.add(sent);
}

/** Resolves when every send under way has ended: part of a clean shutdown. */
export async function flushSends(): Promise<void> {
  while (sending.size > 0) await Promise.all(sending);
}
