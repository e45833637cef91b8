import { z } from "zod";
import { singleton } from "../platform/concurrency/singleton";
import type { PartitionedTable } from "../platform/db/partitions";
import type { GaugeSource } from "../platform/observability/gauges";
import { gauge } from "../platform/observability/metrics";
import { queueNames } from "../platform/queue/queue";

export const inferenceRequests: PartitionedTable = { table: "inference_requests", period: "month", ahead: 3 };

const inferenceMetrics = singleton("inference metrics", () => ({
  oldestSeconds: gauge(
    "agatha_queue_oldest_age_seconds",
    "Age of the oldest accepted request that has not ended, from PostgreSQL; 0 when there is none.",
    ["queue"],
  ),
}));

const ageRows = z.array(z.object({ name: z.string(), seconds: z.number() }));

/** Unfinished requests have small partial indexes of their own; the time inside an id is when it was accepted. */
export const inferenceGauges: GaugeSource = {
  source: "database",
  gauges: () => [inferenceMetrics().oldestSeconds],
  async read({ db }) {
    const rows = await db.$queryRaw`
      SELECT queue_name::text AS name, greatest(0, extract(epoch FROM now() - min(created_at)))::float8 AS seconds
      FROM inference_requests WHERE status = 'queued' OR status = 'processing' GROUP BY queue_name`;
    const ages = new Map(ageRows.parse(rows).map(({ name, seconds }) => [name, seconds]));
    for (const queue of queueNames) inferenceMetrics().oldestSeconds.set({ queue }, ages.get(queue) ?? 0);
  },
};
