import { setImmediate as nextTurn } from "node:timers/promises";
import { MINUTE } from "../../platform";
import { InFlight } from "../../platform/concurrency/in-flight";
import { type Column, valuesOf } from "../../platform/db/rows/columns";
import { type Connection, DatabaseAway, LeftInDoubt } from "../commit/connection";
import { GroupCommit } from "../commit/group-commit";
import type { CallEnd, CallToAdmit } from "./call";
import {
  type EndedCall,
  endColumns,
  isUsual,
  type Settled,
  settledAsUsual,
  usualColumns,
} from "./ended-call";
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

/** Null: the call was not open any more. */
type Settles<Read extends Pick<Row, "id"> = Row> = GroupCommit<EndedCall, Read, Settled | null>;

interface HowOpened {
  /** Under a lease, or as a test call. */
  leased?: boolean;
  /** As its row says; whoever does not know takes the statement for all ends. */
  call?: Pick<CallToAdmit, "model" | "environment"> | undefined;
  /** It may have been committed before. */
  doubtful?: boolean;
}

/** Settles calls in groups; those that move no counter by a statement of their own, and usual ones by a shorter one. */
export class Settlements {
  readonly #counted: Settles;
  readonly #leased: Settles;
  readonly #usual: Settles<Pick<Row, "id">>;

  /** Looks into the ledger for what may have been committed before. */
  readonly #looks = new InFlight();

  #drained = false;

  constructor(
    private readonly connection: Connection,
    keepMs: number = KEEP_MS,
  ) {
    const all = { columns: endColumns, outcomes: outcomesOfSettled, keepMs };
    this.#counted = settles(connection, { ...all, name: "settle_calls", text: settleCallsSql });
    this.#leased = settles(connection, { ...all, name: "settle_leased_calls", text: settleLeasedCallsSql });
    this.#usual = settles(connection, {
      name: "settle_usual_calls",
      text: settleUsualCallsSql,
      columns: usualColumns,
      outcomes: outcomesOfUsual,
      keepMs,
    });
  }

  get waiting(): number {
    return this.#counted.waiting + this.#leased.waiting + this.#usual.waiting;
  }

  /**
   * @returns null when somebody else had closed the call.
   * @throws LeftInDoubt where it may have been committed, DatabaseAway where it certainly was not.
   */
  async add(
    id: string,
    end: CallEnd,
    { leased = false, call: opened, doubtful = false }: HowOpened = {},
  ): Promise<Settled | null> {
    const call: EndedCall = { id, environment: opened?.environment, end, doubtful };
    const usual = opened !== undefined && isUsual(end, opened.model);
    const settles = leased ? (usual ? this.#usual : this.#leased) : this.#counted;
    const settlement = await settles.add(call).catch((error: unknown) => {
      throw call.doubtful && error instanceof DatabaseAway ? new LeftInDoubt(error) : error;
    });
    // If the connection broke after the commit, the ledger row that exists is this settlement's.
    return settlement === null && call.doubtful ? await this.#readSettled(id, end.status) : settlement;
  }

  /** Ends a call unbilled, unless it has ended. @returns null where it is not known at all. */
  async close(id: string): Promise<Settled | null> {
    return (await this.add(id, { status: "failed" })) ?? (await this.#readSettled(id));
  }

  /** Nothing is settled here any more. */
  get drained(): boolean {
    return this.#drained;
  }

  /** Resolves when nothing is settled or looked up any more. */
  async drain(): Promise<void> {
    this.#drained = true;
    await Promise.all([this.#counted, this.#leased, this.#usual].map((settles) => settles.drain()));
    // Whoever was just answered may have begun one.
    await nextTurn();
    await this.#looks.settle();
  }

  #readSettled(id: string, status?: CallEnd["status"]): Promise<Settled | null> {
    const look = this.#lookUp(id, status);
    this.#looks.add(
      look.then(
        () => undefined,
        () => undefined,
      ),
    );
    return look;
  }

  async #lookUp(id: string, status: CallEnd["status"] | undefined): Promise<Settled | null> {
    const [row] = await this.connection.query<Row>({
      name: "read_settled",
      text: `SELECT request_id AS id, input_tokens + output_tokens AS tokens, cost_micros AS micros FROM usage_ledger
        WHERE request_id = $1::uuid AND created_at = uuid_v7_time($1::uuid) AND status = coalesce($2::request_status, status)`,
      values: [id, status ?? null],
    });
    return row === undefined ? null : toSettled(row);
  }
}

function toSettled({ tokens, micros }: Row): Settled {
  return { tokens: Number(tokens), micros: BigInt(micros) };
}

/** A row for each call that was settled. */
function outcomesOfSettled(calls: readonly EndedCall[], rows: readonly Row[]): (Settled | null)[] {
  const byId = new Map(rows.map((row) => [row.id, toSettled(row)]));
  return calls.map(({ id }) => byId.get(id) ?? null);
}

/** A row for each call that was not. */
function outcomesOfUsual(calls: readonly EndedCall[], rows: readonly Pick<Row, "id">[]): (Settled | null)[] {
  const closed = new Set(rows.map(({ id }) => id));
  return calls.map((call) => (closed.has(call.id) ? null : settledAsUsual(call)));
}

interface SettlingStatement<Read extends Pick<Row, "id">> {
  name: string;
  text: string;
  columns: readonly Column<EndedCall>[];
  outcomes(calls: readonly EndedCall[], rows: readonly Read[]): (Settled | null)[];
  keepMs: number;
}

function settles<Read extends Pick<Row, "id">>(
  connection: Connection,
  { name, text, columns, outcomes, keepMs }: SettlingStatement<Read>,
): Settles<Read> {
  return new GroupCommit<EndedCall, Read, Settled | null>({
    connection,
    maxSize: MAX_GROUP,
    maxWaiting: MAX_WAITING,
    gather,
    statement: (calls) => ({ name, text, values: valuesOf(columns, calls) }),
    outcomes,
    keep: {
      forMs: keepMs,
      doubt(call) {
        call.doubtful = true;
      },
    },
  });
}
