import type { QueueMessage } from "@agathaai/core/platform/queue/queue";
import type { JobContext } from "../engine/job-context";
import type { MessageFate } from "../engine/run-job";

/** SQS refuses more than twelve hours of invisibility. */
const LONGEST_DELAY_SECONDS = 12 * 60 * 60;

/**
 * Tells the queue what became of a message. A failure here costs nothing but a second delivery, which finds the
 * request ended or not due: it is logged and let go.
 */
export async function applyFate(
  { queue, log }: Pick<JobContext, "queue" | "log">,
  message: QueueMessage,
  fate: MessageFate,
): Promise<void> {
  try {
    switch (fate.action) {
      case "delete":
        return await queue.remove(message);
      case "redeliver":
        return await queue.extend(message, delaySeconds(fate.delayMs));
      case "dead_letter":
        log.warn(
          { message_id: message.id, lane: message.lane, reason: fate.reason },
          "message dead-lettered",
        );
        return await queue.deadLetter(message, fate.reason);
      case "leave":
        return;
    }
  } catch (error) {
    log.warn({ err: error, message_id: message.id, fate: fate.action }, "queue not told");
  }
}

/** Whole seconds, rounded up: a message back too early would only find its request not due. */
export function delaySeconds(delayMs: number): number {
  return Math.min(LONGEST_DELAY_SECONDS, Math.max(0, Math.ceil(delayMs / 1_000)));
}
