import { MINUTE } from "../../platform";
import { type Column, valuesOf } from "../../platform/db/columns";
import type { Connection } from "../commit/connection";
import { GroupCommit } from "../commit/group-commit";
import type { CallEnd, CallToAdmit } from "./call";
import { type EndedCall, endColumns, isUsual, usualColumns } from "./ended-call";
import { settleCallsSql, settleLeasedCallsSql, settleUsualCallsSql } from "./settle-calls.sql";

const MAX_GROUP = 128;
/** About 100 MB of memory, and minutes of traffic. */
const MAX_WAITING = 100_000;
/** The last byte of each answer waits for it: under load alone, where the calls before it would keep it waiting longer. */
const gather = (before: number) => (before < 4 ? 0 : before < 8 ? 2 : 5);
/** How long a settlement waits in memory for PostgreSQL to come back. */
const KEEP_MS = MINUTE;

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

interface HowOpened {
  /** Under a lease, or as a test call. */
  leased?: boolean;
  /** The model that its row names. */
  model?: CallToAdmit["model"] | undefined;
}

/** Settles calls in groups; those that move no counter by a statement of their own, and usual ones by a shorter one. */
export class Settlements {
  readonly #counted: Settles;
  readonly #leased: Settles;
  readonly #usual: Settles;

  constructor(private readonly connection: Connection) {
    this.#counted = settles(connection, endColumns, { name: "settle_calls", text: settleCallsSql });
    this.#leased = settles(connection, endColumns, {
      name: "settle_leased_calls",
      text: settleLeasedCallsSql,
    });
    this.#usual = settles(connection, usualColumns, {
      name: "settle_usual_calls",
      text: settleUsualCallsSql,
    });
  }

  get waiting(): number {
    return this.#counted.waiting + this.#leased.waiting + this.#usual.waiting;
  }

  /** @returns null when somebody else had closed the call. */
  async add(id: string, end: CallEnd, { leased = false, model }: HowOpened = {}): Promise<Settled | null> {
    const call: EndedCall = { id, end, doubtful: false };
    const usual = model !== undefined && isUsual(end, model);
    const settles = leased ? (usual ? this.#usual : this.#leased) : this.#counted;
    const settlement = await settles.add(call);
    // If the connection broke after the commit, the ledger row that exists is this settlement's.
    return settlement === null && call.doubtful ? await this.#readSettled(call) : settlement;
  }

  async drain(): Promise<void> {
    await Promise.all([this.#counted, this.#leased, this.#usual].map((settles) => settles.drain()));
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

function settles(
  connection: Connection,
  columns: readonly Column<EndedCall>[],
  statement: { name: string; text: string },
): Settles {
  return new GroupCommit<EndedCall, Row, Settled | null>({
    connection,
    maxSize: MAX_GROUP,
    maxWaiting: MAX_WAITING,
    gather,
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
