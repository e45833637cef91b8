import { writeAudit } from "../audit";
import { type Redriven, redriveDeadLetters } from "../inference";
import type { Db } from "../platform";
import { type Queue, type QueueDepth, queueNames } from "../platform/queue/queue";
import type { QueuesView } from "./schemas";

/** The queues' own counts, and the unfinished requests in the database. */
export async function readQueues(db: Db, queue: Pick<Queue, "depths">): Promise<QueuesView> {
  const [depths, unfinished] = await Promise.all([queue.depths(), readUnfinished(db)]);
  return {
    queues: queueNames.map((name) => ({
      name,
      ...toView(depths[name]),
      unfinished: unfinished.get(name)?.count ?? 0,
      oldest_seconds: unfinished.get(name)?.seconds ?? null,
    })),
    dead: toView(depths.dead),
  };
}

function toView({ ready, inFlight, delayed }: QueueDepth) {
  return { ready, in_flight: inFlight, delayed };
}

async function readUnfinished(db: Db): Promise<Map<string, { count: number; seconds: number }>> {
  const rows = await db.$queryRaw<{ name: string; count: number; seconds: number }[]>`
    SELECT queue_name::text AS name, count(*)::int AS count,
      greatest(0, extract(epoch FROM now() - min(created_at)))::float8 AS seconds
    FROM inference_requests WHERE status = 'queued' OR status = 'processing' GROUP BY queue_name`;
  return new Map(rows.map(({ name, ...found }) => [name, found]));
}

/** Sends dead letters to their queues again, and records who did it and the result. */
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
