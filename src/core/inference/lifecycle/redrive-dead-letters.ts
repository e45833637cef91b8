import { type Db, timeOfId } from "../../platform";
import {
  type DeadLetter,
  parseInferenceMessage,
  type Queue,
  type QueueName,
} from "../../platform/queue/queue";
import { isTerminal } from "../schemas";

/** Longer than one call takes, so that it does not receive a message twice. */
const HIDDEN_SECONDS = 60;
const LONGEST_MS = 10_000;
const MOST = 1_000;

export interface Redriven {
  /** Messages sent to their queue again, because the request is still waiting. */
  returned: number;
  /** Messages removed, because the request has ended or is gone. */
  ended: number;
  /** Messages we cannot read; they stay for a person to look at. */
  unreadable: number;
}

type Redrivable = Pick<Queue, "receiveDead" | "removeDead" | "send">;

/**
 * Sends messages of the dead-letter queue to their queue again. A message is only an id and the row decides: one that is
 * sent twice, by two operators or a crash between sending and removing, finds its request running or ended and changes nothing.
 */
export async function redriveDeadLetters(
  db: Db,
  queue: Redrivable,
  { now = () => Date.now() }: { now?: () => number } = {},
): Promise<Redriven> {
  const redriven: Redriven = { returned: 0, ended: 0, unreadable: 0 };
  const deadline = now() + LONGEST_MS;
  for (let seen = 0; seen < MOST && now() < deadline; ) {
    const messages = await queue.receiveDead({ visibilitySeconds: HIDDEN_SECONDS });
    if (messages.length === 0) break;
    seen += messages.length;
    const outcomes = await Promise.all(messages.map((message) => redriveOne(db, queue, message)));
    for (const outcome of outcomes) redriven[outcome] += 1;
  }
  return redriven;
}

async function redriveOne(db: Db, queue: Redrivable, dead: DeadLetter): Promise<keyof Redriven> {
  const message = parseInferenceMessage(dead.body);
  if (message === undefined) return "unreadable";
  const { requestId } = message;
  const waiting = await findWaiting(db, requestId);
  if (waiting !== undefined) await queue.send(waiting.queueName, { requestId, traceId: waiting.traceId });
  // Removed after sending: in between it exists twice, but is never lost.
  await queue.removeDead(dead);
  return waiting === undefined ? "ended" : "returned";
}

async function findWaiting(
  db: Db,
  id: string,
): Promise<{ queueName: QueueName; traceId: string } | undefined> {
  const row = await db.inferenceRequest.findUnique({
    where: { id_createdAt: { id, createdAt: timeOfId(id) } },
    select: { queueName: true, traceId: true, status: true },
  });
  if (row === null || isTerminal(row.status)) return undefined;
  return { queueName: row.queueName, traceId: row.traceId };
}
