import type { Db } from "../../platform/db/client";
import { timeOfId } from "../../platform/ids";
import {
  type DeadLetter,
  parseInferenceMessage,
  type Queue,
  type QueueLane,
} from "../../platform/queue/queue";

/** Longer than one call works, so that what stays is not met twice by it. */
const HIDDEN_SECONDS = 60;
const LONGEST_MS = 10_000;
const MOST = 1_000;

export interface Redriven {
  /** Messages whose request still waits: sent to its lane again. */
  returned: number;
  /** Messages whose request has ended or is gone: nothing is left to do, they are removed. */
  ended: number;
  /** Messages that are not ours to read: they stay for a person to look at. */
  unreadable: number;
}

type Redrivable = Pick<Queue, "receiveDead" | "removeDead" | "send">;

/**
 * Gives dead letters another chance. A message is only an id and the row is the truth: one that is sent twice, by two
 * operators or a crash between sending and removing, finds its request at work or ended and changes nothing.
 */
export async function redriveDeadLetters(
  db: Db,
  queue: Redrivable,
  { now = () => Date.now() }: { now?: () => number } = {},
): Promise<Redriven> {
  const redriven: Redriven = { returned: 0, ended: 0, unreadable: 0 };
  const deadline = now() + LONGEST_MS;
  for (let seen = 0; seen < MOST && now() < deadline; ) {
    const letters = await queue.receiveDead({ visibilitySeconds: HIDDEN_SECONDS });
    if (letters.length === 0) break;
    seen += letters.length;
    const fates = await Promise.all(letters.map((letter) => redriveOne(db, queue, letter)));
    for (const fate of fates) redriven[fate] += 1;
  }
  return redriven;
}

async function redriveOne(db: Db, queue: Redrivable, letter: DeadLetter): Promise<keyof Redriven> {
  const message = parseInferenceMessage(letter.body);
  if (message === undefined) return "unreadable";
  const { requestId } = message;
  const waiting = await findWaiting(db, requestId);
  if (waiting !== undefined) await queue.send(waiting.lane, { requestId, traceId: waiting.traceId });
  // Only now: between the two it is there twice, never not at all.
  await queue.removeDead(letter);
  return waiting === undefined ? "ended" : "returned";
}

async function findWaiting(db: Db, id: string): Promise<{ lane: QueueLane; traceId: string } | undefined> {
  const row = await db.inferenceRequest.findUnique({
    where: { id_createdAt: { id, createdAt: timeOfId(id) } },
    select: { lane: true, traceId: true, status: true },
  });
  return row !== null && (row.status === "queued" || row.status === "processing") ? row : undefined;
}
