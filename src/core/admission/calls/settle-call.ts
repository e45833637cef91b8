import { MINUTE } from "../../platform";
import type { Connection } from "../commit/connection";
import { GroupCommit } from "../commit/group-commit";
import type { CallEnd } from "./call";
import { settleCallsSql } from "./settle-calls.sql";

const MAX_GROUP = 128;
/** About 100 MB of memory, and minutes of traffic. */
const MAX_WAITING = 100_000;
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

/** What a settlement took. */
export interface Settled {
  tokens: number;
  micros: bigint;
}

/** Null: the call was not open any more. */
type Settles = GroupCommit<EndedCall, Row, Settled | null>;

/** Settles calls in groups. */
export class Settlements {
  readonly #group: Settles;

  constructor(private readonly connection: Connection) {
    this.#group = new GroupCommit<EndedCall, Row, Settled | null>({
      connection,
      maxSize: MAX_GROUP,
      maxWaiting: MAX_WAITING,
      statement: (calls) => ({ name: "settle_calls", text: settleCallsSql, values: toColumns(calls) }),
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

  get waiting(): number {
    return this.#group.waiting;
  }

  /** @returns null when somebody else had closed the call. */
  async add(id: string, end: CallEnd): Promise<Settled | null> {
    const call: EndedCall = { id, end, doubtful: false };
    const settlement = await this.#group.add(call);
    // Where the connection broke behind the commit, the row that is there is this one's.
    return settlement === null && call.doubtful ? await this.#readSettled(call) : settlement;
  }

  drain(): Promise<void> {
    return this.#group.drain();
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

function toColumns(calls: readonly EndedCall[]): unknown[] {
  const amounts = calls.map(({ end }) => (end.status === "failed" ? undefined : end.amounts));
  return [
    calls.map(({ id }) => id),
    calls.map(({ end }) => end.status),
    amounts.map((given) => given !== undefined),
    calls.map(({ end }) => end.estimated ?? false),
    calls.map(({ end }) => end.provider ?? null),
    calls.map(({ end }) => end.upstreamModel ?? null),
    amounts.map((given) => given?.inputTokens ?? 0),
    amounts.map((given) => given?.cachedInputTokens ?? 0),
    amounts.map((given) => given?.outputTokens ?? 0),
    amounts.map((given) => given?.reasoningTokens ?? 0),
    amounts.map((given) => String(given?.costMicros ?? 0n)),
    calls.map(({ end }) => end.amounts?.priceVersion ?? null),
    calls.map(({ end }) => rounded(end.amounts?.latencyMs)),
    calls.map(({ end }) => rounded(end.firstByteMs)),
    calls.map(({ end }) => end.finishReason ?? null),
    calls.map(({ end }) => (end.attempts === undefined ? null : JSON.stringify(end.attempts))),
    amounts.map((given) => given?.cacheWriteTokens ?? 0),
    amounts.map((given) => given?.longCacheWriteTokens ?? 0),
    amounts.map((given) => given?.serviceTier ?? "default"),
    amounts.map((given) => given?.longContext ?? false),
    amounts.map((given) => given?.regional ?? false),
    amounts.map((given) => given?.defect ?? null),
    calls.map(({ end }) => end.ownKey ?? false),
    amounts.map((given) => String(given?.providerMicros ?? 0n)),
    calls.map(({ end }) => end.cacheAgeSeconds ?? null),
  ];
}

function rounded(ms: number | undefined): number | null {
  return ms === undefined ? null : Math.round(ms);
}
