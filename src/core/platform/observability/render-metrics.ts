import { z } from "zod";
import { type Db, poolState } from "../db/client";
import { partitionedTables } from "../db/partitions";
import type { Queue } from "../queue/queue";
import { withTimeout } from "../with-timeout";
import { log } from "./log";
import { metrics } from "./metrics";

interface Sources {
  db: Db;
  queue: Pick<Queue, "depths">;
  /** How the audit trail is kept; its noun says, at each process's door. */
  audit: () => Promise<{ headsAt: Date | undefined; restricted: boolean }>;
}

/** Scrapes by several Prometheus servers, or by a person's finger on the key, share one look. */
const FRESH_MS = 5_000;
/** A scrape must end before Prometheus gives it up (10 s); what hangs is reported as down. */
const TIMEOUT_MS = 3_000;

let looked: { at: number; done: Promise<void> } | undefined;

/** The registry as text, after a look at queue, backlog and partitions that is at most five seconds old. */
export async function renderMetrics(sources: Sources): Promise<string> {
  if (looked === undefined || performance.now() - looked.at > FRESH_MS) {
    looked = { at: performance.now(), done: look(sources) };
  }
  await looked.done;
  readPool();
  return metrics().registry.metrics();
}

export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

async function look({ db, queue, audit }: Sources): Promise<void> {
  await Promise.all([
    from("queue", () => readDepths(queue), [metrics().queueMessages]),
    from("audit", () => readAudit(audit), [metrics().auditHeadsAge, metrics().auditRoleRestricted]),
    from("database", () => readDatabase(db), [
      metrics().queueOldestSeconds,
      metrics().partitionsAhead,
      metrics().stripeEventsWaiting,
      metrics().billingIncidents,
      metrics().overageUnreported,
      metrics().overageDifferences,
    ]),
  ]);
}

/** A value that could not be read is left out: an old one would look like a calm sea. */
async function from(source: string, read: () => Promise<void>, gauges: { reset(): void }[]): Promise<void> {
  try {
    await withTimeout(read(), TIMEOUT_MS);
    metrics().sourceUp.set({ source }, 1);
  } catch (error) {
    for (const gauge of gauges) gauge.reset();
    metrics().sourceUp.set({ source }, 0);
    log().warn({ err: error, source }, "metrics could not be read");
  }
}

async function readDepths(queue: Sources["queue"]): Promise<void> {
  const depths = await queue.depths();
  for (const [lane, { ready, inFlight, delayed }] of Object.entries(depths)) {
    metrics().queueMessages.set({ lane, state: "ready" }, ready);
    metrics().queueMessages.set({ lane, state: "in_flight" }, inFlight);
    metrics().queueMessages.set({ lane, state: "delayed" }, delayed);
  }
}

async function readAudit(audit: Sources["audit"]): Promise<void> {
  const { headsAt, restricted } = await audit();
  metrics().auditHeadsAge.set(
    headsAt === undefined ? Number.POSITIVE_INFINITY : (Date.now() - headsAt.getTime()) / 1_000,
  );
  metrics().auditRoleRestricted.set(restricted ? 1 : 0);
}

async function readDatabase(db: Db): Promise<void> {
  const [ages, ahead, overage, billing] = await Promise.all([
    oldestUnfinished(db),
    partitionsAhead(db),
    overageState(db),
    billingState(db),
  ]);
  metrics().stripeEventsWaiting.set(billing.seconds);
  metrics().billingIncidents.set(billing.incidents);
  metrics().overageUnreported.set(overage.seconds);
  metrics().overageDifferences.set(overage.differences);
  for (const lane of ["standard", "enterprise"] as const) {
    metrics().queueOldestSeconds.set({ lane }, ages.get(lane) ?? 0);
  }
  for (const { table, period } of partitionedTables) {
    metrics().partitionsAhead.set({ table, period }, ahead.get(table) ?? 0);
  }
}

const ageRows = z.array(z.object({ lane: z.string(), seconds: z.number() }));

/** Live requests have small partial indexes of their own; the time an id names is when it was accepted. */
async function oldestUnfinished(db: Db): Promise<Map<string, number>> {
  const rows = await db.$queryRaw`
    SELECT lane::text, greatest(0, extract(epoch FROM now() - min(created_at)))::float8 AS seconds
    FROM inference_requests WHERE status = 'queued' OR status = 'processing' GROUP BY lane`;
  return new Map(ageRows.parse(rows).map(({ lane, seconds }) => [lane, seconds]));
}

const overageRows = z.tuple([z.object({ seconds: z.number(), differences: z.number().int() })]);

/** Both have small indexes or small tables of their own: what waits, and what differs. */
async function overageState(db: Db): Promise<{ seconds: number; differences: number }> {
  const rows = await db.$queryRaw`
    SELECT (
      SELECT coalesce(greatest(0, extract(epoch FROM now() - min(used_at))), 0)::float8
      FROM overage_reports WHERE reported_at IS NULL AND refused_at IS NULL
    ) AS seconds,
    (SELECT count(*)::int FROM overage_differences WHERE resolved_at IS NULL) AS differences`;
  return overageRows.parse(rows)[0];
}

const billingRows = z.tuple([z.object({ seconds: z.number(), incidents: z.number().int() })]);

/** Both have small partial indexes: what was taken of Stripe and not done, and what waits for a person. */
async function billingState(db: Db): Promise<{ seconds: number; incidents: number }> {
  const rows = await db.$queryRaw`
    SELECT (
      SELECT coalesce(greatest(0, extract(epoch FROM now() - min(received_at))), 0)::float8
      FROM stripe_events WHERE processed_at IS NULL
    ) AS seconds,
    (SELECT count(*)::int FROM billing_incidents WHERE handled_at IS NULL) AS incidents`;
  return billingRows.parse(rows)[0];
}

const aheadRows = z.array(z.object({ table: z.string(), ahead: z.number().int() }));

/** Partitions that begin after now. */
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

function readPool(): void {
  const { total, idle, waiting } = poolState();
  metrics().dbConnections.set({ state: "total" }, total);
  metrics().dbConnections.set({ state: "idle" }, idle);
  metrics().dbWaiting.set(waiting);
}
