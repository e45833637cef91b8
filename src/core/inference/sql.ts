import { z } from "zod";
import { Prisma } from "../platform/db/client";
import { timeOfId } from "../platform/ids";
import type { AttemptOutcome } from "./schemas";

/** Finds one request and only its partition: the id carries the partition's time. */
export function isRequest(requestId: string): Prisma.Sql {
  return Prisma.sql`id = ${requestId}::uuid AND created_at = ${timeOfId(requestId).toISOString()}::timestamptz`;
}

/** The ids of those of some requests that are in a state. The span holds all their times, and prunes to their partitions. */
export function requestsThatSql(
  ids: readonly string[],
  { first, last }: { first: Date; last: Date },
  state: Prisma.Sql,
): Prisma.Sql {
  return Prisma.sql`
    SELECT id FROM inference_requests
    WHERE id = ANY(${ids}::uuid[]) AND created_at BETWEEN ${first.toISOString()}::timestamptz AND ${last.toISOString()}::timestamptz
      AND ${state}`;
}

/** Clocks of hosts differ; an end before the beginning would be no range. */
export const endTime = Prisma.sql`greatest(now(), created_at)`;

const isoNow = Prisma.sql`to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** The attempt log with its running attempt, if any, ended. */
export function closedAttempts(outcome: AttemptOutcome, errorCode?: string): Prisma.Sql {
  const error = errorCode === undefined ? {} : { error_code: errorCode };
  return Prisma.sql`CASE WHEN attempt_log -> -1 ->> 'outcome' = 'running'
    THEN jsonb_set(attempt_log, '{-1}', (attempt_log -> -1) || jsonb_build_object('ended_at', ${isoNow})
      || ${JSON.stringify({ outcome, ...error })}::jsonb)
    ELSE attempt_log END`;
}

/** The log with attempt `attempts + 1` begun; one that a dead worker left open ends as `lease_expired`. */
export const openedAttempt = Prisma.sql`(${closedAttempts("lease_expired")}) || jsonb_build_object(
  'attempt', attempts + 1, 'started_at', ${isoNow}, 'ended_at', null, 'outcome', 'running')`;

const refusedSchema = z.object({
  driverAdapterError: z.object({ cause: z.object({ originalCode: z.literal("AG001") }) }),
});

/** True when the database itself refused a statement, false when it could not be reached. */
export function isStatementError(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2010";
}

/** True for the error that the database function `refuse_statement` raises. */
export function isRefusedStatement(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && refusedSchema.safeParse(error.meta).success;
}
