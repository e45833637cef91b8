import { MINUTE } from "../../platform";
import { type Column, plain, quoted, valuesOf } from "../../platform/db/columns";
import type { LedgerAmounts } from "../../quota";
import type { Connection } from "../commit/connection";
import { GroupCommit } from "../commit/group-commit";
import type { CallEnd } from "./call";
import { settleCallsSql, settleLeasedCallsSql } from "./settle-calls.sql";

const MAX_GROUP = 128;
/** About 100 MB of memory, and minutes of traffic. */
const MAX_WAITING = 100_000;
/** The last byte of each answer waits for it: under load alone, where the calls before it would keep it waiting longer. */
const GATHER = { ms: 2, from: 4 };
/** How long a settlement waits in memory for PostgreSQL to come back. */
const KEEP_MS = MINUTE;

interface EndedCall {
  id: string;
  end: CallEnd;
  /** A statement with it was under way when the connection broke. */
  doubtful: boolean;
}

interface Row {
  id: string;
  tokens: string;
  micros: string;
}

/** The tokens and money of one settlement. */
export interface Settled {
  tokens: number;
  micros: bigint;
}

/** Null: the call was not open any more. */
type Settles = GroupCommit<EndedCall, Row, Settled | null>;

/** Settles calls in groups; those that move no counter by a statement of their own. */
export class Settlements {
  readonly #counted: Settles;
  readonly #leased: Settles;

  constructor(private readonly connection: Connection) {
    this.#counted = settles(connection, { name: "settle_calls", text: settleCallsSql });
    this.#leased = settles(connection, { name: "settle_leased_calls", text: settleLeasedCallsSql });
  }

  get waiting(): number {
    return this.#counted.waiting + this.#leased.waiting;
  }

  /** @returns null when somebody else had closed the call. `leased`: it was opened under a lease, or as a test call. */
  async add(id: string, end: CallEnd, { leased = false } = {}): Promise<Settled | null> {
    const call: EndedCall = { id, end, doubtful: false };
    const settlement = await (leased ? this.#leased : this.#counted).add(call);
    // If the connection broke after the commit, the ledger row that exists is this settlement's.
    return settlement === null && call.doubtful ? await this.#readSettled(call) : settlement;
  }

  async drain(): Promise<void> {
    await Promise.all([this.#counted.drain(), this.#leased.drain()]);
  }

  async #readSettled({ id, end }: EndedCall): Promise<Settled | null> {
    const [row] = await this.connection.query<Row>({
      name: "read_settled",
      text: `SELECT request_id AS id, input_tokens + output_tokens AS tokens, cost_micros AS micros FROM usage_ledger
        WHERE request_id = $1::uuid AND created_at = uuid_v7_time($1::uuid) AND status = $2::request_status`,
      values: [id, end.status],
    });
    return row === undefined ? null : toSettled(row);
  }
}

function toSettled({ tokens, micros }: Row): Settled {
  return { tokens: Number(tokens), micros: BigInt(micros) };
}

function settles(connection: Connection, statement: { name: string; text: string }): Settles {
  return new GroupCommit<EndedCall, Row, Settled | null>({
    connection,
    maxSize: MAX_GROUP,
    maxWaiting: MAX_WAITING,
    gather: GATHER,
    statement: (calls) => ({ ...statement, values: valuesOf(columns, calls) }),
    outcomes: (calls, rows) => {
      const byId = new Map(rows.map((row) => [row.id, toSettled(row)]));
      return calls.map(({ id }) => byId.get(id) ?? null);
    },
    keep: {
      forMs: KEEP_MS,
      doubt(call) {
        call.doubtful = true;
      },
    },
  });
}

/** The usage to bill; undefined for a failed call. */
function amountsOf({ end }: EndedCall): LedgerAmounts | undefined {
  return end.status === "failed" ? undefined : end.amounts;
}

const columns: readonly Column<EndedCall>[] = [
  plain(({ id }) => id),
  plain(({ end }) => end.status),
  plain((call) => amountsOf(call) !== undefined),
  plain(({ end }) => end.estimated ?? false),
  plain(({ end }) => end.provider ?? null),
  quoted(({ end }) => end.upstreamModel ?? null),
  plain((call) => amountsOf(call)?.inputTokens ?? 0),
  plain((call) => amountsOf(call)?.cachedInputTokens ?? 0),
  plain((call) => amountsOf(call)?.outputTokens ?? 0),
  plain((call) => amountsOf(call)?.reasoningTokens ?? 0),
  plain((call) => amountsOf(call)?.costMicros ?? 0),
  quoted(({ end }) => end.amounts?.priceVersion ?? null),
  plain(({ end }) => rounded(end.amounts?.latencyMs)),
  plain(({ end }) => rounded(end.firstByteMs)),
  quoted(({ end }) => end.finishReason ?? null),
  quoted(({ end }) => (end.attempts === undefined ? null : JSON.stringify(end.attempts))),
  plain((call) => amountsOf(call)?.cacheWriteTokens ?? 0),
  plain((call) => amountsOf(call)?.longCacheWriteTokens ?? 0),
  plain((call) => amountsOf(call)?.serviceTier ?? "default"),
  plain((call) => amountsOf(call)?.longContext ?? false),
  plain((call) => amountsOf(call)?.regional ?? false),
  quoted((call) => amountsOf(call)?.defect ?? null),
  plain(({ end }) => end.ownKey ?? false),
  plain((call) => amountsOf(call)?.providerMicros ?? 0),
  plain(({ end }) => end.cacheAgeSeconds ?? null),
];

function rounded(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms);
}
