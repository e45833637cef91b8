import type { QueueMessage } from "@agathaai/core/platform/queue/queue";
import type { JobContext } from "../engine/job/job-context";
import type { MessageDisposition } from "../engine/job/settle-attempt";

/** SQS refuses more than twelve hours of invisibility. */
const LONGEST_DELAY_SECONDS = 12 * 60 * 60;

/**
 * Acknowledges, delays or dead-letters a message. A failure here costs only a second delivery, which finds the request
 * ended or not due, so it is logged and not thrown.
 */
export async function applyDisposition(
  { queue, log }: Pick<JobContext, "queue" | "log">,
  message: QueueMessage,
  disposition: MessageDisposition,
): Promise<void> {
  try {
    switch (disposition.action) {
      case "acknowledge":
        return await queue.remove(message);
      case "retry":
        return await queue.extend(message, delaySeconds(disposition.delayMs));
      case "dead_letter":
        log.warn(
          { message_id: message.id, queue: message.queueName, reason: disposition.reason },
          "message dead-lettered",
        );
        return await queue.deadLetter(message, disposition.reason);
      case "leave":
        return;
    }
  } catch (error) {
    log.warn(
      { err: error, message_id: message.id, disposition: disposition.action },
      "message disposition not applied",
    );
  }
}

/** Whole seconds, rounded up: a message back too early would only find its request not due. */
export function delaySeconds(delayMs: number): number {
  return Math.min(LONGEST_DELAY_SECONDS, Math.max(0, Math.ceil(delayMs / 1_000)));
}
