import { z } from "zod";
import { singleton } from "../concurrency/singleton";
import type { Db } from "../db/client";
import type { PartitionedTable } from "../db/partitions";
import type { Queue } from "../queue/queue";
import { gauge } from "./metrics";

export interface GaugeReader {
  db: Db;
  queue: Pick<Queue, "depths">;
}

/** Gauges that are read at a scrape, exported by the noun that owns the table or queue. */
export interface GaugeSource {
  /** Sources with the same name are up or down together. */
  source: "queue" | "database" | "audit";
  gauges(): readonly { reset(): void }[];
  read(from: GaugeReader): Promise<void>;
}

const platformGauges = singleton("platform gauges", () => ({
  queueMessages: gauge("agatha_queue_messages", "Messages in SQS; `dead` is the dead-letter queue.", [
    "queue",
    "state",
  ]),
  partitionsAhead: gauge(
    "agatha_partitions_ahead",
    "Months or weeks for which partitions are ready, after the present one.",
    ["table", "period"],
  ),
  connections: gauge(
    "agatha_db_server_connections_ratio",
    "Connections of the database server that are taken, of all its clients, as a share of max_connections.",
    [],
  ),
  clockSkew: gauge(
    "agatha_clock_skew_seconds",
    "How far this process's clock is ahead of the database's; reading it takes part of a second.",
    [],
  ),
}));

export const queueGauges: GaugeSource = {
  source: "queue",
  gauges: () => [platformGauges().queueMessages],
  async read({ queue }) {
    const { queueMessages } = platformGauges();
    const depths = await queue.depths();
    for (const [queueName, { ready, inFlight, delayed }] of Object.entries(depths)) {
      queueMessages.set({ queue: queueName, state: "ready" }, ready);
      queueMessages.set({ queue: queueName, state: "in_flight" }, inFlight);
      queueMessages.set({ queue: queueName, state: "delayed" }, delayed);
    }
  },
};

export function partitionGauges(tables: readonly PartitionedTable[]): GaugeSource {
  return {
    source: "database",
    gauges: () => [platformGauges().partitionsAhead],
    async read({ db }) {
      const ahead = await partitionsAhead(db);
      for (const { table, period } of tables) {
        platformGauges().partitionsAhead.set({ table, period }, ahead.get(table) ?? 0);
      }
    },
  };
}

const connectionRows = z.tuple([z.object({ taken: z.number() })]);
const clockRows = z.tuple([z.object({ now: z.number() })]);

/** Each installation's processes share the server's connections, so the sum cannot be seen from one process's pool. */
export const connectionGauges: GaugeSource = {
  source: "database",
  gauges: () => [platformGauges().connections],
  async read({ db }) {
    const rows = await db.$queryRaw`
      SELECT (count(*) / current_setting('max_connections')::float8)::float8 AS taken
      FROM pg_stat_activity
      WHERE backend_type = 'client backend'`;
    const [{ taken }] = connectionRows.parse(rows);
    platformGauges().connections.set(taken);
  },
};

/** Leases, limits and tokens compare times of several processes: a clock that is wrong shows in none of them by itself. */
export const clockGauges: GaugeSource = {
  source: "database",
  gauges: () => [platformGauges().clockSkew],
  async read({ db }) {
    const asked = Date.now();
    const rows = await db.$queryRaw`SELECT extract(epoch FROM clock_timestamp())::float8 AS now`;
    const [{ now }] = clockRows.parse(rows);
    // The database read its clock between the two, most likely in the middle.
    platformGauges().clockSkew.set((asked + Date.now()) / 2 / 1_000 - now);
  },
};

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
