import { type Db, Prisma } from "../../platform/db/client";
import { SharedPoll } from "./shared-poll";

const POLL_MS = 100;
const ended = Prisma.sql`status IN ('completed', 'failed', 'cancelled')`;

/** Waits until a request has ended; false when time ran out or the caller went away. */
export function waitForEnd(
  db: Db,
  {
    requestId,
    timeoutMs,
    signal,
  }: { requestId: string; timeoutMs: number; signal?: AbortSignal | undefined },
): Promise<boolean> {
  if (signal?.aborted) return Promise.resolve(false);
  return new Promise((resolve) => {
    const settle = (hasEnded: boolean) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", giveUp);
      unwatch();
      resolve(hasEnded);
    };
    const giveUp = () => settle(false);
    const timer = setTimeout(giveUp, timeoutMs);
    signal?.addEventListener("abort", giveUp, { once: true });
    const unwatch = pollOf(db).watch(requestId, () => settle(true));
  });
}

const polls = new WeakMap<Db, SharedPoll>();

function pollOf(db: Db): SharedPoll {
  const poll = polls.get(db) ?? new SharedPoll(db, POLL_MS, ended);
  polls.set(db, poll);
  return poll;
}
