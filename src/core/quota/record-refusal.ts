import { LRUCache } from "lru-cache";
import { systemClock } from "../platform/clock";
import type { Db } from "../platform/db/client";
import { log } from "../platform/observability/log";
import type { LimitState } from "./limit-reached";

/** A limit counts as reached when requests are refused and this share of it is taken: the rest is too small to use. */
const REACHED = 0.9;
const noted = new LRUCache<string, true>({ max: 10_000 });

/**
 * Remembers that a limit was reached, to be told by mail: near its end no request may fit any more, so use alone never
 * gets to 100 %. Off the caller's path, once a process, period and limit; one large request against an almost untouched
 * limit is no news.
 */
export function recordRefusal(db: Db, refused: LimitState & { orgId: string; subjectId: string }): void {
  const { by, startsAt, resetsAt, limit, used, reserved, orgId, subjectId } = refused;
  if (limit <= 0 || used + reserved < limit * REACHED) return;
  const name = `${subjectId} ${by} ${startsAt.toISOString()} ${limit}`;
  if (noted.has(name)) return;
  noted.set(name, true);
  db.$executeRaw`
    INSERT INTO usage_notices (subject_id, starts_at, ends_at, kind, percent, limit_amount, org_id, created_at)
    VALUES (${subjectId}::uuid, ${startsAt}::timestamptz, ${resetsAt}::timestamptz, ${by}, 100, ${limit}::bigint, ${orgId}::uuid, ${systemClock.now()}::timestamptz)
    ON CONFLICT DO NOTHING`.catch((error: unknown) => {
    noted.delete(name);
    log().warn({ err: error, org_id: orgId }, "a reached limit could not be noted");
  });
}
