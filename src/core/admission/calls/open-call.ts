import { plans } from "../../../shared/plans";
import { timeOfId } from "../../platform";
import { type Column, plain, quoted, valuesOf } from "../../platform/db/rows/columns";
import { type LimitKind, type LimitState, monthOf } from "../../quota";
import type { Connection } from "../commit/connection";
import { GroupCommit } from "../commit/group-commit";
import { isRefusedStatement } from "../leases/lease-statements";
import type { CallToAdmit, LimitAllowance } from "./call";
import { openCallsSql } from "./open-calls.sql";

const MAX_GROUP = 64;
/** More cannot be opened within the seconds that a caller waits. */
const MAX_WAITING = 20_000;

export type OpenOutcome =
  | { outcome: "opened"; tokens: LimitAllowance | null }
  /** It fits by itself, but concurrent calls took the headroom: try again. */
  | { outcome: "contended" }
  /** It would fit if leases gave back what no call holds: they are recalled first. */
  | { outcome: "held" }
  /** The process that took its Idempotency-Key was taken for dead: the key, and the answer, may be another call's. */
  | { outcome: "overtaken" }
  /** This process was taken for dead: its row has to be renewed first. */
  | { outcome: "expired" }
  | { outcome: "refused"; state: LimitState; tokens: LimitAllowance | null };

interface Row {
  id: string;
  outcome: OpenOutcome["outcome"];
  token_limit: string | null;
  tokens_taken: string;
  period_ends: Date;
  refused_by: LimitKind;
  starts_at: Date | null;
  ends_at: Date | null;
  limit_amount: string | null;
  used_amount: string | null;
  reserved_amount: string | null;
}

export type Opens = GroupCommit<CallToAdmit, Row, OpenOutcome>;

/** Opens calls in groups: each with its reservations of tokens and money, or not at all. */
export function openCalls(connection: Connection, processId: () => string): Opens {
  return new GroupCommit<CallToAdmit, Row, OpenOutcome>({
    connection,
    maxSize: MAX_GROUP,
    maxWaiting: MAX_WAITING,
    statement: (calls) => ({
      name: "open_calls",
      text: openCallsSql,
      values: [processId(), ...valuesOf(columns, calls)],
    }),
    outcomes: (calls, rows) => {
      const byId = new Map(rows.map((row) => [row.id, row]));
      return calls.map((call) => toOutcome(call, byId.get(call.id)));
    },
    refused: (error) => (isRefusedStatement(error) ? { outcome: "contended" } : undefined),
  });
}

function toOutcome(call: CallToAdmit, row: Row | undefined): OpenOutcome {
  if (row === undefined) return { outcome: "contended" };
  if (row.outcome === "opened") return { outcome: "opened", tokens: tokensLeft(row, call.tokens) };
  if (row.outcome !== "refused") return { outcome: row.outcome };
  const at = timeOfId(call.id);
  const { refused_by: by, starts_at: startsAt, ends_at: resetsAt } = row;
  const state: LimitState = {
    by,
    at,
    startsAt: startsAt ?? new Date(`${monthOf(at)}T00:00:00Z`),
    resetsAt: resetsAt ?? row.period_ends,
    asked: by === "quota" ? call.tokens : Number(call.costMicros),
    limit: Number(row.limit_amount),
    used: Number(row.used_amount),
    reserved: Number(row.reserved_amount),
  };
  return { outcome: "refused", state, tokens: tokensLeft(row, 0) };
}

function tokensLeft(
  { token_limit: limit, tokens_taken: taken, period_ends: resetAt }: Row,
  own: number,
): LimitAllowance | null {
  if (limit === null) return null;
  return { limit: Number(limit), remaining: Math.max(0, Number(limit) - Number(taken) - own), resetAt };
}

/** The columns that both statements that open calls need of each call. */
export const callColumns: readonly Column<CallToAdmit>[] = [
  plain(({ id }) => id),
  plain(({ principal }) => principal.orgId),
  plain(({ principal }) => principal.userId),
  plain(({ principal }) => (principal.kind === "key" ? principal.apiKeyId : null)),
  plain(({ principal }) => (principal.kind === "key" ? principal.spendId : null)),
  plain(({ environment }) => environment),
  quoted(({ endpoint }) => endpoint),
  quoted(({ model }) => model.id),
  plain(({ model }) => model.provider),
  quoted(({ model }) => model.upstreamModel),
  quoted(({ model }) => model.priceVersion),
  plain(({ tokens }) => tokens),
  plain(({ costMicros }) => costMicros),
  plain(({ keptBy }) => keptBy ?? null),
];

const columns: readonly Column<CallToAdmit>[] = [
  ...callColumns,
  plain(({ principal }) => plans[principal.plan].tokensPerMonth),
];
