import type { Attempt, RequestStatus, TimelineEntry } from "../schemas";
import { isTerminal } from "../schemas";

/** What happened to a request, in order: from its columns and its attempt log. */
export function toTimeline(
  row: {
    status: RequestStatus;
    createdAt: Date;
    enqueuedAt: Date | null;
    cancelRequestedAt: Date | null;
    completedAt: Date | null;
    errorCode: string | null;
  },
  attempts: readonly Attempt[],
): TimelineEntry[] {
  const entries: TimelineEntry[] = [{ at: row.createdAt.toISOString(), event: "accepted" }];
  if (row.enqueuedAt !== null) entries.push({ at: row.enqueuedAt.toISOString(), event: "queued" });
  for (const { attempt, started_at, ended_at, outcome, error_code } of attempts) {
    entries.push({ at: started_at, event: "attempt_started", attempt });
    if (ended_at === null) continue;
    const error = error_code === undefined ? {} : { error_code };
    entries.push({ at: ended_at, event: "attempt_ended", attempt, outcome, ...error });
  }
  if (row.cancelRequestedAt !== null) {
    entries.push({ at: row.cancelRequestedAt.toISOString(), event: "cancel_requested" });
  }
  entries.sort((left, right) => (left.at < right.at ? -1 : left.at > right.at ? 1 : 0));
  if (row.completedAt !== null && isTerminal(row.status)) {
    const error = row.errorCode === null ? {} : { error_code: row.errorCode };
    entries.push({ at: row.completedAt.toISOString(), event: row.status, ...error });
  }
  return entries;
}
