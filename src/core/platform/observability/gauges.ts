import { z } from "zod";
import type { Db } from "../db/client";
import type { PartitionedTable } from "../db/partitions";
import type { Queue } from "../queue/queue";
import { metrics } from "./metrics";

export interface GaugeReader {
  db: Db;
  queue: Pick<Queue, "depths">;
}

/** Gauges that are read when somebody scrapes, exported by the noun that owns what they tell of. */
export interface GaugeSource {
  /** Where the values come from; sources of one name are up or down together. */
  source: "queue" | "database" | "audit";
  gauges(): readonly { reset(): void }[];
  read(from: GaugeReader): Promise<void>;
}

export const queueGauges: GaugeSource = {
  source: "queue",
  gauges: () => [metrics().queueMessages],
  async read({ queue }) {
    const depths = await queue.depths();
    for (const [lane, { ready, inFlight, delayed }] of Object.entries(depths)) {
      metrics().queueMessages.set({ lane, state: "ready" }, ready);
      metrics().queueMessages.set({ lane, state: "in_flight" }, inFlight);
      metrics().queueMessages.set({ lane, state: "delayed" }, delayed);
    }
  },
};

export function partitionGauges(tables: readonly PartitionedTable[]): GaugeSource {
  return {
    source: "database",
    gauges: () => [metrics().partitionsAhead],
    async read({ db }) {
      const ahead = await partitionsAhead(db);
      for (const { table, period } of tables) {
        metrics().partitionsAhead.set({ table, period }, ahead.get(table) ?? 0);
      }
    },
  };
}

const aheadRows = z.array(z.object({ table: z.string(), ahead: z.number().int() }));

/** How many partitions of each table begin after now. */
async function partitionsAhead(db: Db): Promise<Map<string, number>> {
  const rows = await db.$queryRaw`
    SELECT parent.relname::text AS "table", count(*)::int AS ahead
    FROM pg_inherits i
    JOIN pg_class parent ON parent.oid = i.inhparent
    JOIN pg_class c ON c.oid = i.inhrelid
    WHERE parent.relnamespace = 'public'::regnamespace
      AND (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM \\(''([^'']+)''\\)'))[1]::timestamptz > now()
    GROUP BY 1`;
  return new Map(aheadRows.parse(rows).map(({ table, ahead }) => [table, ahead]));
}
