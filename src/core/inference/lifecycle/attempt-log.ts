import { Prisma } from "../../platform/db/client";
import type { AttemptOutcome } from "../schemas";

/** The calls to providers that one attempt made, as the receipt shows them, and who pays for the last. */
export interface CalledProviders {
  calls: readonly { model: string; provider: string; outcome: string; ms: number }[];
  ownKey: boolean;
  /** The model that answered, or was tried last: the one asked for, or one of its fallbacks. */
  served: { model: string; provider: string; upstreamModel: string };
}

/** SQL expressions for `attempt_log`, the JSON list of a request's attempts, and for its times. */

/** Hosts' clocks differ: a request must not start or end before it was created. */
export const nowOrCreated = Prisma.sql`greatest(now(), created_at)`;

const isoNow = Prisma.sql`to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** The log with its running attempt, if there is one, ended. */
export function closedAttempts(
  outcome: AttemptOutcome,
  { errorCode, calls }: { errorCode?: string | undefined; calls?: CalledProviders["calls"] | undefined } = {},
): Prisma.Sql {
  const error = errorCode === undefined ? {} : { error_code: errorCode };
  const called = calls === undefined || calls.length === 0 ? {} : { calls };
  return Prisma.sql`CASE WHEN attempt_log -> -1 ->> 'outcome' = 'running'
    THEN jsonb_set(attempt_log, '{-1}', (attempt_log -> -1) || jsonb_build_object('ended_at', ${isoNow})
      || ${JSON.stringify({ outcome, ...error, ...called })}::jsonb)
    ELSE attempt_log END`;
}

/** All calls to providers, of every attempt in the log; null where there is none. */
export const callsOfAttempts = Prisma.sql`nullif(jsonb_path_query_array(attempt_log, '$[*].calls[*]'), '[]'::jsonb)`;

/** The log with attempt `attempts + 1` started; one that a dead worker left running ends as `lease_expired`. */
export const openedAttempt = Prisma.sql`(${closedAttempts("lease_expired")}) || jsonb_build_object(
  'attempt', attempts + 1, 'started_at', ${isoNow}, 'ended_at', null, 'outcome', 'running')`;
