import { type Clock, DAY, type Db, lowestIdAt, timeOfId } from "../../platform";
import type { Scope } from "./plan-archive";
import { FETCH_WITHIN_MS, HOT_DAYS, type RetentionTerms } from "./retention-terms";

const ROWS_A_STATEMENT = 1_000;
/** Rows are written up to a day after the time in their id: the end of a long call, or of one whose process died. */
const LATE_MS = 2 * DAY;

/**
 * Removes the content of requests whose organization keeps it for a shorter time than everybody's partitions stand. The row
 * stays until its month is dropped: it says what happened, and never what was in it.
 */
export async function emptyRequests(
  db: Db,
  { orgId, environment }: Scope,
  {
    terms,
    before,
    signal,
    clock,
  }: { terms: RetentionTerms; before: Date; signal: AbortSignal; clock: Clock },
): Promise<number> {
  if (terms.held || (terms.days >= HOT_DAYS && terms.archiveDays > 0)) return 0;
  const state = await db.requestRetention.findUnique({
    where: { orgId_environment: { orgId, environment } },
  });
  if (state === null) return 0;
  const endedBy = new Date(clock.now().getTime() - FETCH_WITHIN_MS);
  const from =
    state.emptiedUpTo === null ? new Date(0) : new Date(timeOfId(state.emptiedUpTo).getTime() - LATE_MS);
  let emptied = 0;
  for (let count = ROWS_A_STATEMENT; count === ROWS_A_STATEMENT && !signal.aborted; emptied += count) {
    count = await db.$executeRaw`
      UPDATE inference_requests r SET input_cipher = NULL, result_cipher = NULL, metadata_cipher = NULL, metadata_index = NULL
      FROM (
        SELECT id, created_at FROM inference_requests
        WHERE org_id = ${orgId}::uuid AND environment = ${environment}::environment
          AND created_at >= ${from}::timestamptz AND created_at < ${before}::timestamptz AND id <= ${state.doneUpTo}::uuid
          AND completed_at <= ${endedBy}::timestamptz
          AND (input_cipher IS NOT NULL OR result_cipher IS NOT NULL OR metadata_cipher IS NOT NULL)
        ORDER BY created_at, id LIMIT ${ROWS_A_STATEMENT} FOR UPDATE SKIP LOCKED
      ) past
      WHERE r.id = past.id AND r.created_at = past.created_at`;
  }
  if (!signal.aborted) {
    // Not beyond what may still be fetched.
    const through = new Date(Math.min(timeOfId(state.doneUpTo).getTime(), endedBy.getTime()));
    await db.requestRetention.update({
      where: { orgId_environment: { orgId, environment } },
      data: { emptiedUpTo: lowestIdAt(through) },
    });
  }
  return emptied;
}
