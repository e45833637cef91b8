import { writeAudit } from "../audit";
import { type Redriven, redriveDeadLetters } from "../inference";
import type { Db } from "../platform/db/client";
import type { Queue } from "../platform/queue/queue";

/** Gives the dead letters another chance, and writes down who did and what came of it. */
export async function redrive(
  db: Db,
  queue: Pick<Queue, "receiveDead" | "removeDead" | "send">,
  { operatorId }: { operatorId: string },
): Promise<Redriven> {
  const redriven = await redriveDeadLetters(db, queue);
  await writeAudit({
    orgId: null,
    actor: { type: "operator", id: operatorId },
    action: "operator.queue_redriven",
    details: { ...redriven },
  });
  return redriven;
}
