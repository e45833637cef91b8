import { plans } from "../../../shared/plans";
import { newId } from "../../platform";
import type { CallToReserve } from "../calls/call";
import type { Connection } from "../commit/connection";
import { GroupCommit } from "../commit/group-commit";
import { grantLeasesSql } from "./grant-leases.sql";
import type { Amounts, Grant, LeaseReport } from "./lease";
import { reportLeasesSql } from "./report-leases.sql";

const MAX_GROUP = 64;
const MAX_WAITING = 10_000;

export interface Ask {
  id: string;
  call: Pick<CallToReserve, "principal">;
  want: Amounts;
  /** A smaller block is of no use. */
  least: Amounts;
  /** For requests that will wait in the queue. */
  queued: boolean;
}

interface GrantRow {
  id: string;
  process_id: string;
  held_tokens: string;
  held_micros: string;
  limit_tokens: string | null;
  tokens_taken: string;
  valid_from: Date;
  valid_until: Date;
  period_ends: Date;
  queued_only: boolean;
}

/** Null: there is no block to be had. */
export type Grants = GroupCommit<Ask, GrantRow, Grant | null>;

export function newAsk(ask: Omit<Ask, "id">): Ask {
  return { id: newId(), ...ask };
}

export function grantLeases(connection: Connection, processId: () => string): Grants {
  return new GroupCommit<Ask, GrantRow, Grant | null>({
    connection,
    maxSize: MAX_GROUP,
    maxWaiting: MAX_WAITING,
    statement: (asks) => ({
      name: "grant_leases",
      text: grantLeasesSql,
      values: [
        processId(),
        asks.map(({ id }) => id),
        asks.map(({ call: { principal } }) => principal.orgId),
        asks.map(({ call: { principal } }) => (principal.kind === "key" ? principal.apiKeyId : null)),
        asks.map(({ call: { principal } }) => (principal.kind === "key" ? principal.spendId : null)),
        asks.map(({ call: { principal } }) => plans[principal.plan].tokensPerMonth),
        asks.map(({ want }) => want.tokens),
        asks.map(({ want }) => want.micros),
        asks.map(({ least }) => least.tokens),
        asks.map(({ least }) => least.micros),
        asks.map(({ queued }) => queued),
      ],
    }),
    outcomes: (asks, rows) => {
      const byId = new Map(rows.map((row) => [row.id, row]));
      return asks.map((ask) => toGrant(ask, byId.get(ask.id)));
    },
    // Others took the headroom meanwhile: calls go without leases, which have not been granted.
    refused: (error) => (isRefusedStatement(error) ? null : undefined),
  });
}

function toGrant({ id }: Ask, row: GrantRow | undefined): Grant | null {
  if (row === undefined) return null;
  const [tokens, micros] = [Number(row.held_tokens), Number(row.held_micros)];
  return {
    id,
    processId: row.process_id,
    tokens,
    micros,
    limitTokens: row.limit_tokens === null ? null : Number(row.limit_tokens),
    tokensTaken: Number(row.tokens_taken) + tokens,
    validFrom: row.valid_from.getTime(),
    validUntil: row.valid_until.getTime(),
    periodEnds: row.period_ends,
    queuedOnly: row.queued_only,
  };
}

/** @returns per lease that is still there what all have taken of the organization's tokens. */
export async function reportLeases(
  connection: Connection,
  { processId, reports }: { processId: string; reports: readonly LeaseReport[] },
): Promise<Map<string, number>> {
  const rows = await connection.query<{ id: string; tokens_taken: string | null }>({
    name: "report_leases",
    text: reportLeasesSql,
    values: [
      processId,
      reports.map(({ id }) => id),
      reports.map(({ spent }) => spent.tokens),
      reports.map(({ spent }) => spent.micros),
      reports.map(({ kept }) => kept.tokens),
      reports.map(({ kept }) => kept.micros),
      reports.map(({ free }) => free.tokens),
      reports.map(({ free }) => free.micros),
      reports.map(({ ended }) => ended),
    ],
  });
  return new Map(rows.map(({ id, tokens_taken: taken }) => [id, Number(taken ?? 0)]));
}

/** The error that the database function `refuse_statement` raises: nothing is committed. */
export function isRefusedStatement(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "AG001";
}
