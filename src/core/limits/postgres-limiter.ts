import { z } from "zod";
import { type Db, Prisma } from "../platform/db/client";
import type { ExpiredRows } from "../platform/db/expire-rows";
import { carriedOver, type Limit, type LimitDecision, nextFit, type WindowUse } from "./limit";

/** Counters of windows that no decision reads any more. */
export const expiredLimitWindows: ExpiredRows = { rate_limit_buckets: Prisma.sql`expires_at < now()` };

const useSchema = z.tuple([
  z.object({
    now_ms: z.bigint(),
    previous: z.number().int(),
    current: z.number().int(),
    taken: z.number().int().nullable(),
  }),
]);

/**
 * Counts `cost` in one statement, exact under concurrency: the upsert locks the row of the current window and tests its
 * condition again on the newest count. The previous window's count no longer changes. Time is the database's, the same
 * for every process.
 */
export async function consumeInPostgres(db: Db, limit: Limit): Promise<LimitDecision> {
  const { cost = 1 } = limit;
  const rows = await db.$queryRaw`
    WITH ${windowUse(limit)},
    taken AS (
      INSERT INTO rate_limit_buckets AS bucket (key, window_start, count, expires_at)
      SELECT ${storedKey(limit)}, window_start, ${cost}::int, window_start + 2 * window_length
      FROM used
      WHERE carried + current + ${cost}::int <= ${limit.limit}::int
      ON CONFLICT (key, window_start) DO UPDATE SET count = bucket.count + ${cost}::int
      WHERE bucket.count + ${cost}::int + (SELECT carried FROM used) <= ${limit.limit}::int
      RETURNING count
    )
    SELECT now_ms, previous, current, (SELECT count FROM taken) AS taken FROM used`;
  const [{ now_ms, previous, current, taken }] = useSchema.parse(rows);
  const use: WindowUse = { nowMs: Number(now_ms), previous, current };
  // Refused although the count just read had headroom: other calls used it up meanwhile.
  if (taken === null) {
    const full = Math.max(current, limit.limit - cost + 1 - carriedOver(use, limit.windowMs));
    return refused({ ...use, current: full }, limit);
  }
  return allowed({ ...use, current: taken }, limit);
}

/** Decides without counting. */
export async function peekInPostgres(db: Db, limit: Limit): Promise<LimitDecision> {
  const rows = await db.$queryRaw`
    WITH ${windowUse(limit)} SELECT now_ms, previous, current, NULL::int AS taken FROM used`;
  const [{ now_ms, previous, current }] = useSchema.parse(rows);
  const use: WindowUse = { nowMs: Number(now_ms), previous, current };
  const fits = carriedOver(use, limit.windowMs) + current + (limit.cost ?? 1) <= limit.limit;
  return fits ? allowed(use, limit) : refused(use, limit);
}

function windowUse(limit: Limit): Prisma.Sql {
  const { windowMs } = limit;
  const key = storedKey(limit);
  return Prisma.sql`
    moment AS (
      SELECT floor(extract(epoch FROM statement_timestamp()) * 1000)::bigint AS now_ms,
        ${windowMs}::bigint * interval '1 millisecond' AS window_length
    ),
    windows AS (
      SELECT *, 'epoch'::timestamptz + (now_ms - now_ms % ${windowMs}::bigint) * interval '1 millisecond' AS window_start
      FROM moment
    ),
    counts AS (
      SELECT windows.*, coalesce(present.count, 0) AS current, coalesce(past.count, 0) AS previous
      FROM windows
      LEFT JOIN rate_limit_buckets AS present
        ON present.key = ${key} AND present.window_start = windows.window_start
      LEFT JOIN rate_limit_buckets AS past
        ON past.key = ${key} AND past.window_start = windows.window_start - windows.window_length
    ),
    used AS (
      SELECT *, floor((1 - (now_ms % ${windowMs}::bigint)::numeric / ${windowMs}::bigint) * previous)::int AS carried
      FROM counts
    )`;
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
