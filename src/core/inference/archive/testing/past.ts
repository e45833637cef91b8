import { DAY, type Db, type KeyPrincipal } from "../../../platform";
import { maintainPartitions } from "../../../platform/db/partitions";
import { usageLedger } from "../../../usage";
import { complete, RecordingQueue, submit } from "../../testing/world";
import { inferenceRequests } from "../../upkeep";

export const daysAgo = (days: number) => new Date(Date.now() - days * DAY);
export const atDay = (days: number) => ({ now: () => daysAgo(days) });

export const prompt = "Where did the agates go?";

/** Completed requests that were accepted that many days ago, one by one, oldest first. */
export async function pastRequests(
  db: Db,
  principal: KeyPrincipal,
  { days, count = 1, metadata }: { days: number; count?: number; metadata?: Record<string, string> },
): Promise<string[]> {
  await maintainPartitions(db, [inferenceRequests, usageLedger], atDay(days));
  const queue = new RecordingQueue();
  const ids: string[] = [];
  for (let index = 0; index < count; index++) {
    const input = { model: "gpt-4o", prompt, max_tokens: 100, ...(metadata && { metadata }) };
    ids.push(await submit(db, queue, principal, { input, clock: atDay(days) }));
  }
  for (const id of ids) await complete(db, id);
  return ids.toSorted();
}
