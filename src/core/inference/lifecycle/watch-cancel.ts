import { type Db, Prisma } from "../../platform/db/client";
import { SharedPoll } from "./shared-poll";

/** A customer who cancels a running call waits for its end: looked often enough that it stops well within a second. */
const POLL_MS = 250;
const asked = Prisma.sql`cancel_requested_at IS NOT NULL`;

/** Calls back once the customer has asked to cancel the request; returns what ends the watching. */
export function watchCancel(
  db: Db,
  { requestId, onCancel }: { requestId: string; onCancel: () => void },
): () => void {
  const poll = polls.get(db) ?? new SharedPoll(db, POLL_MS, asked);
  polls.set(db, poll);
  return poll.watch(requestId, onCancel);
}

const polls = new WeakMap<Db, SharedPoll>();
