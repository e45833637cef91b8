import { billUsage, findModel, noUsage } from "../../models";
import { type Db, type DbOrTx, timeOfId, toPublicId } from "../../platform";
import { Prisma } from "../../platform/db/client";
import { amountColumns, type LedgerAmounts, ledgerAndSettlementSteps } from "../../quota";
import { deliveriesOf } from "../../webhooks";
import { isInHipaaMode, isRequest } from "../request-row";
import type { AttemptOutcome, TerminalStatus } from "../schemas";
import { type CalledProviders, callsOfAttempts, closedAttempts, nowOrCreated } from "./attempt-log";
import { holdsLease, type Lease, type RequestError } from "./lease";

export interface RequestEnd {
  requestId: string;
  status: TerminalStatus;
  /** Which state the request must be in; the statement changes nothing otherwise. */
  when: Prisma.Sql;
  attemptOutcome: AttemptOutcome;
  /** What its last attempt called. */
  called?: CalledProviders | undefined;
  error?: RequestError | undefined;
  /** Further columns to set, each ending the list: `, result_cipher = …`. */
  set?: Prisma.Sql;
  amounts: LedgerAmounts;
}

/**
 * The one way a request ends: final status, ledger row and quota settlement in one conditional statement. Of all that
 * race to end a request exactly one gets `true`; the others have changed nothing. In HIPAA mode its prompt ends with it.
 */
export async function endRequest(db: DbOrTx, end: RequestEnd): Promise<boolean> {
  const { error, called } = end;
  const rows = await db.$queryRaw<unknown[]>`
    WITH changed AS (
      UPDATE inference_requests SET
        status = ${end.status}::request_status,
        completed_at = ${nowOrCreated},
        lease_owner = NULL,
        lease_expires_at = NULL,
        input_cipher = CASE WHEN ${isInHipaaMode} THEN NULL ELSE input_cipher END,
        error_code = ${error?.code ?? null},
        error_message = ${error?.message ?? null},
        error_param = ${error?.param ?? null},
        attempt_log = ${closedAttempts(end.attemptOutcome, { errorCode: error?.code, calls: called?.calls })},
        provider = coalesce(${called?.served.provider ?? null}, provider),
        upstream_model = coalesce(${called?.served.upstreamModel ?? null}, upstream_model)
        ${end.set ?? Prisma.empty}
      WHERE ${isRequest(end.requestId)} AND ${end.when}
      RETURNING id, created_at, org_id, user_id, api_key_id, spend_id, environment, model, provider, upstream_model,
        status, reserved_tokens, reserved_micros, quota_month, quota_period, overage_from, started_at, completed_at,
        error_code, attempt_log
    ),
    ended AS (
      SELECT *, status = 'completed' AS delivered, NULL AS endpoint, false AS estimated, NULL::int AS first_byte_ms,
        NULL AS finish_reason, ${callsOfAttempts} AS attempts, NULL::uuid AS lease_id,
        coalesce(provider_ms, (extract(epoch FROM completed_at - started_at) * 1000)::bigint) AS latency_ms
      FROM (SELECT changed.*, ${amountColumns(end.amounts)} FROM changed) ending
    ),
    ${ledgerAndSettlementSteps},
    told AS (${deliveriesOf(endedEvent(toPublicId("inf", end.requestId)))})
    SELECT 1 AS one FROM ended`;
  return rows.length > 0;
}

/** `inference.completed`, `.failed` or `.cancelled`. Its own id is the event's: a request ends once. */
function endedEvent(publicId: string): Prisma.Sql {
  return Prisma.sql`
    SELECT id AS event_id, org_id, 'inference.' || status::text AS event, environment, jsonb_build_object(
      'id', ${publicId}::text, 'status', status, 'model', model,
      'usage', jsonb_build_object(
        'input_tokens', CASE WHEN delivered THEN input_tokens ELSE 0 END,
        'output_tokens', CASE WHEN delivered THEN output_tokens ELSE 0 END),
      'cost_micros', micros, 'error_code', error_code,
      'created_at', ${isoText(Prisma.sql`created_at`)}, 'completed_at', ${isoText(Prisma.sql`completed_at`)}) AS data
    FROM owed`;
}

/** As JavaScript's `toISOString` writes it. */
function isoText(column: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}

/** Ends the request as failed, unbilled, with a reason the customer can act on. */
export async function failRequest(
  db: Db,
  { job, error, ...called }: { job: Lease; error: RequestError } & Partial<CalledProviders>,
): Promise<{ settled: boolean }> {
  const settled = await endRequest(db, {
    requestId: job.requestId,
    status: "failed",
    when: holdsLease(job),
    attemptOutcome: "failed",
    error,
    ...(isCalled(called) && { called }),
    amounts: { ...nothingSpent(job.model, job.requestId), ownKey: called.ownKey },
  });
  return { settled };
}

/** Of a request that was ended before anybody was called there is nothing. */
export function isCalled(called: Partial<CalledProviders>): called is CalledProviders {
  return called.calls !== undefined;
}

/** Ends a running request that the customer has asked to cancel. Nothing is billed. */
export async function finishCancelled(db: Db, { job }: { job: Lease }): Promise<{ settled: boolean }> {
  const settled = await endRequest(db, {
    requestId: job.requestId,
    status: "cancelled",
    when: Prisma.sql`${holdsLease(job)} AND cancel_requested_at IS NOT NULL`,
    attemptOutcome: "cancelled",
    amounts: nothingSpent(job.model, job.requestId),
  });
  return { settled };
}

/**
 * Ends a request that no worker holds and that has no attempt left. Every attempt was started and none ended, so the
 * cause is ours and the customer pays nothing.
 */
export function failExhausted(
  db: Db,
  { requestId, model }: { requestId: string; model: string },
): Promise<boolean> {
  return endRequest(db, {
    requestId,
    status: "failed",
    when: Prisma.sql`attempts >= max_attempts AND (
      status = 'queued' OR (status = 'processing' AND lease_expires_at <= now()))`,
    attemptOutcome: "lease_expired",
    error: {
      code: "provider_unavailable",
      message:
        "Every attempt to answer this request was cut off before it ended. It was not billed. Send it again; " +
        "if that fails too, try another model or quote this request's id to support.",
    },
    amounts: nothingSpent(model, requestId),
  });
}

/** The price a request is billed by is the one in force when it was accepted. */
export function priceVersionOf(model: string, requestId: string): string {
  return findModel(model, timeOfId(requestId)).priceVersion;
}

/** Of a request that did not complete: nothing is billed, the whole reservation goes back. */
export function nothingSpent(model: string, requestId: string): LedgerAmounts {
  return billUsage(priceVersionOf(model, requestId), noUsage);
}
