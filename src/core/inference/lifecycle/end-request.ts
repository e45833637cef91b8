import { findModel } from "../../models";
import { type DbOrTx, Prisma } from "../../platform/db/client";
import { timeOfId } from "../../platform/ids";
import { type LedgerAmounts, ledgerAndSettlementSql } from "../../quota";
import type { AttemptOutcome, TerminalStatus } from "../schemas";
import { closedAttempts, endTime, isRequest } from "../sql";
import type { Lease, RequestError } from "./lease";

export interface RequestEnd {
  requestId: string;
  status: TerminalStatus;
  /** Which state the request must be in; the statement changes nothing otherwise. */
  when: Prisma.Sql;
  attemptOutcome: AttemptOutcome;
  error?: RequestError | undefined;
  /** Further columns to set, each ending the list: `, result_cipher = …`. */
  set?: Prisma.Sql;
  amounts: LedgerAmounts;
}

/**
 * The one way a request ends: final status, ledger row and quota settlement in one conditional statement. Of all that
 * race to end a request exactly one gets `true`; the others have changed nothing.
 */
export async function endRequest(db: DbOrTx, end: RequestEnd): Promise<boolean> {
  const { error } = end;
  const rows = await db.$queryRaw<unknown[]>`
    WITH ended AS (
      UPDATE inference_requests SET
        status = ${end.status}::request_status,
        completed_at = ${endTime},
        lease_owner = NULL,
        lease_expires_at = NULL,
        error_code = ${error?.code ?? null},
        error_message = ${error?.message ?? null},
        error_param = ${error?.param ?? null},
        attempt_log = ${closedAttempts(end.attemptOutcome, error?.code)}
        ${end.set ?? Prisma.empty}
      WHERE ${isRequest(end.requestId)} AND ${end.when}
      RETURNING id, created_at, org_id, user_id, api_key_id, spend_id, environment, model, provider, upstream_model,
        status, reserved_tokens, reserved_micros, quota_month, quota_period, overage_from, started_at, completed_at
    ), ${ledgerAndSettlementSql(end.amounts)}
    SELECT 1 AS one FROM ended`;
  return rows.length > 0;
}

/** The price a request is billed by is the one in force when it was accepted. */
export function priceVersionOf(model: string, requestId: string): string {
  return findModel(model, timeOfId(requestId)).priceVersion;
}

/** Of a request that did not complete: nothing is billed, the whole reservation goes back. */
export function nothingSpent(model: string, requestId: string): LedgerAmounts {
  return {
    inputTokens: 0,
    cachedInputTokens: 0,
    outputTokens: 0,
    reasoningTokens: 0,
    costMicros: 0n,
    priceVersion: priceVersionOf(model, requestId),
  };
}

/** True only for the attempt that holds the lease: a worker that lost it can change nothing. */
export function holdsLease({ owner, attempt }: Pick<Lease, "owner" | "attempt">): Prisma.Sql {
  return Prisma.sql`status = 'processing' AND lease_owner = ${owner} AND attempts = ${attempt}::int`;
}
