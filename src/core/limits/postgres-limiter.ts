import type { Db } from "../platform";
import { Gather } from "../platform/concurrency/batching/gather";
import { Prisma, queryNamed } from "../platform/db/client";
import type { ExpiredRows } from "../platform/db/rows/expire-rows";
import { carriedOver, type Limit, type LimitDecision, nextFit, type WindowUse } from "./limit";

/** Counters of windows that no decision reads any more. */
export const expiredLimitWindows: ExpiredRows = { rate_limit_buckets: Prisma.sql`expires_at < now()` };

interface Question {
  limit: Limit;
  /** False only looks. */
  counts: boolean;
}

const MAX_GROUP = 256;
const questions = new WeakMap<Db, Gather<Question, LimitDecision>>();

/**
 * Counts `cost`, exact under concurrency: the upsert locks the row of the current window and tests its condition again on the
 * newest count. The previous window's count no longer changes. Time is the database's, the same for every process.
 * Limits that are asked about at the same moment share a statement.
 */
export function consumeInPostgres(db: Db, limit: Limit): Promise<LimitDecision> {
  return questionsTo(db).add({ limit, counts: true });
}

/** Decides without counting. */
export function peekInPostgres(db: Db, limit: Limit): Promise<LimitDecision> {
  return questionsTo(db).add({ limit, counts: false });
}

function questionsTo(db: Db): Gather<Question, LimitDecision> {
  let gather = questions.get(db);
  if (gather === undefined) {
    gather = new Gather((group) => askAll(db, group), { maxSize: MAX_GROUP, maxRunning: 2 });
    questions.set(db, gather);
  }
  return gather;
}

/** A statement can count a key once: its next questions go in statements of their own. */
async function askAll(db: Db, group: readonly Question[]): Promise<LimitDecision[]> {
  const together: number[] = [];
  const alone: number[] = [];
  const keys = new Set<string>();
  for (const [index, { limit, counts }] of group.entries()) {
    const again = counts && keys.has(storedKey(limit));
    if (counts) keys.add(storedKey(limit));
    (again ? alone : together).push(index);
  }
  const decisions = new Array<LimitDecision>(group.length);
  await Promise.all(
    [together, ...alone.map((index) => [index])].map(async (indexes) => {
      const asked = indexes.flatMap((index) => group[index] ?? []);
      for (const [position, decision] of (await ask(db, asked)).entries())
        decisions[indexes[position] ?? -1] = decision;
    }),
  );
  return decisions;
}

/** Rows are locked in the order of their keys, so that two statements never wait for each other. */
const askSql = `
  WITH asked AS MATERIALIZED (
    SELECT * FROM unnest($1::text[], $2::int[], $3::bigint[], $4::int[]) WITH ORDINALITY AS a(key, most, window_ms, cost, nr)
  ),
  windows AS (
    SELECT asked.*, now_ms, window_ms * interval '1 millisecond' AS window_length,
      'epoch'::timestamptz + (now_ms - now_ms % window_ms) * interval '1 millisecond' AS window_start
    FROM asked, (SELECT floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint AS now_ms) moment
  ),
  used AS MATERIALIZED (
    SELECT w.*, coalesce(present.count, 0) AS current, coalesce(past.count, 0) AS previous,
      floor((1 - (now_ms % window_ms)::numeric / window_ms) * coalesce(past.count, 0))::int AS carried
    FROM windows w
    LEFT JOIN rate_limit_buckets AS present ON present.key = w.key AND present.window_start = w.window_start
    LEFT JOIN rate_limit_buckets AS past ON past.key = w.key AND past.window_start = w.window_start - w.window_length
  ),
  taken AS (
    INSERT INTO rate_limit_buckets AS bucket (key, window_start, count, expires_at)
    SELECT key, window_start, cost, window_start + 2 * window_length
    FROM used
    WHERE cost > 0 AND carried + current + cost <= most
    ORDER BY key
    ON CONFLICT (key, window_start) DO UPDATE SET count = bucket.count + EXCLUDED.count
    WHERE bucket.count + EXCLUDED.count <= (SELECT most - carried FROM used u WHERE u.key = bucket.key AND u.cost > 0)
    RETURNING key, count
  )
  SELECT now_ms::float8 AS now_ms, previous, current, taken.count AS taken
  FROM used LEFT JOIN taken ON taken.key = used.key AND used.cost > 0
  ORDER BY nr`;

interface Row {
  now_ms: number;
  previous: number;
  current: number;
  taken: number | null;
}

async function ask(db: Db, asked: readonly Question[]): Promise<LimitDecision[]> {
  const rows = await queryNamed<Row>(db, {
    name: "ask_limits",
    text: askSql,
    values: [
      asked.map(({ limit }) => storedKey(limit)),
      asked.map(({ limit }) => limit.limit),
      asked.map(({ limit }) => limit.windowMs),
      asked.map(({ limit, counts }) => (counts ? (limit.cost ?? 1) : 0)),
    ],
  });
  return asked.map((question, index) => {
    const row = rows[index];
    if (row === undefined) throw new Error("a limit without its counts");
    return question.counts ? counted(question.limit, row) : looked(question.limit, row);
  });
}

function counted(limit: Limit, { now_ms: nowMs, previous, current, taken }: Row): LimitDecision {
  const { cost = 1 } = limit;
  const use: WindowUse = { nowMs, previous, current };
  if (taken !== null) return allowed({ ...use, current: taken }, limit);
  // Refused although the count just read had headroom: other calls used it up meanwhile.
  const full = Math.max(current, limit.limit - cost + 1 - carriedOver(use, limit.windowMs));
  return refused({ ...use, current: full }, limit);
}

function looked(limit: Limit, { now_ms: nowMs, previous, current }: Row): LimitDecision {
  const use: WindowUse = { nowMs, previous, current };
  const fits = carriedOver(use, limit.windowMs) + current + (limit.cost ?? 1) <= limit.limit;
  return fits ? allowed(use, limit) : refused(use, limit);
}

/** One key may be limited per minute and per day at once: the window belongs to the name. */
export function storedKey({ key, windowMs }: Limit): string {
  return `${key}:${windowMs}`;
}

function allowed(use: WindowUse, { limit, windowMs }: Limit): LimitDecision {
  return {
    allowed: true,
    limit,
    remaining: Math.max(0, limit - use.current - carriedOver(use, windowMs)),
    resetAt: new Date(use.nowMs - (use.nowMs % windowMs) + windowMs),
  };
}

function refused(use: WindowUse, limit: Limit): LimitDecision {
  const remaining = Math.max(0, limit.limit - use.current - carriedOver(use, limit.windowMs));
  return { allowed: false, limit: limit.limit, remaining, resetAt: nextFit(use, limit) };
}
