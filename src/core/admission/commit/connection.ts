import { Socket } from "node:net";
import pg from "pg";
import { SECOND } from "../../platform";
import { enterEpoch } from "../../platform/cell/standing";
import { backoff } from "../../platform/concurrency/backoff";
import { PLANNED_ONCE } from "../../platform/db/client";
import { connectTo, withRenewal } from "../../platform/db/password/connect";

export interface Statement {
  name: string;
  text: string;
  values: unknown[];
}

/** PostgreSQL is out of reach, or its disk is full. `sent`: the statement was under way, and may have been committed or not. */
export class DatabaseAway extends Error {
  override readonly name = "DatabaseAway";

  constructor(
    readonly sent: boolean,
    cause?: unknown,
  ) {
    super("PostgreSQL is out of reach", { cause });
  }
}

/** The same of a statement that is given up: it is not known whether it was committed the last time that it was sent. */
export class LeftInDoubt extends DatabaseAway {
  constructor(cause: unknown) {
    super(true, cause);
  }
}

export interface ConnectionOptions {
  url: string;
  /** Shown in `pg_stat_activity`. */
  name: string;
  /** Channels to listen on, again after every reconnect; messages that were sent meanwhile are lost. */
  listen?: { channels: readonly string[]; onMessage(channel: string, payload: string): void };
  /** Called whenever it is open (again). */
  onOpen?(): void;
}

const CONNECT_TIMEOUT_MS = 5 * SECOND;
const STATEMENT_TIMEOUT_MS = 10 * SECOND;
/** A server that has not even ended the statement by then is gone. */
const SILENCE_MS = STATEMENT_TIMEOUT_MS + SECOND;
/** With a statement under way for longer, the connection counts as stuck and nobody new should wait for it. */
const STUCK_MS = 2 * SECOND;

/** One connection of its own for named statements, one at a time, kept open: no pool, no client in between. */
export class Connection {
  #client: pg.Client | undefined;
  #socket: Socket | undefined;
  #opening: Promise<void> | undefined;
  #failures = 0;
  #retry: NodeJS.Timeout | undefined;
  #busySince: number | undefined;
  /** Settles when the statement before has ended. */
  #turn: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(private readonly options: ConnectionOptions) {}

  /** Whether a statement sent now is likely to be answered soon. */
  get isUp(): boolean {
    const since = this.#busySince;
    return this.#client !== undefined && (since === undefined || performance.now() - since < STUCK_MS);
  }

  /** @throws DatabaseAway */
  async open(): Promise<void> {
    if (this.#client !== undefined) return;
    if (this.#closed || this.#retry !== undefined) throw new DatabaseAway(false);
    this.#opening ??= this.#connect().finally(() => {
      this.#opening = undefined;
    });
    await this.#opening;
  }

  /** @throws DatabaseAway, or PostgreSQL's own error when it refused the statement. */
  query<Row extends pg.QueryResultRow>(statement: Statement): Promise<Row[]> {
    const answered = this.#turn.then(() => this.#send<Row>(statement));
    this.#turn = answered.catch(() => undefined);
    return answered;
  }

  async #send<Row extends pg.QueryResultRow>(statement: Statement): Promise<Row[]> {
    await this.open();
    const client = this.#client;
    if (client === undefined) throw new DatabaseAway(false);
    this.#busySince = performance.now();
    const silent = setTimeout(() => this.#socket?.destroy(), SILENCE_MS);
    try {
      return (await client.query<Row>(statement)).rows;
    } catch (error) {
      if (isRefusal(error)) throw error;
      if (isOutOfResources(error)) throw new DatabaseAway(false, error);
      this.#lose(client);
      throw new DatabaseAway(true, error);
    } finally {
      clearTimeout(silent);
      this.#busySince = undefined;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    await this.#opening?.catch(() => undefined);
    const client = this.#client;
    this.#client = undefined;
    await client?.end().catch(() => undefined);
  }

  async #connect(): Promise<void> {
    const { source, ...address } = connectTo(this.options.url);
    const { client, socket } = await withRenewal(source, () => this.#openClient(address)).catch((error) => {
      this.#retryLater();
      throw new DatabaseAway(false, error);
    });
    if (this.#closed) return void client.end().catch(() => undefined);
    this.#failures = 0;
    this.#client = client;
    this.#socket = socket;
    this.options.onOpen?.();
  }

  async #openClient(address: pg.ClientConfig): Promise<{ client: pg.Client; socket: Socket }> {
    const { name, listen } = this.options;
    const socket = new Socket();
    const client = new pg.Client({
      ...address,
      application_name: name,
      options: `-c TimeZone=UTC -c max_parallel_workers_per_gather=0 ${PLANNED_ONCE}`,
      connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      keepAlive: true,
      stream: () => socket,
    });
    client.on("error", () => this.#lose(client));
    client.on("end", () => this.#lose(client));
    client.on("notification", ({ channel, payload = "" }) => listen?.onMessage(channel, payload));
    try {
      await client.connect();
      await enterEpoch(client);
      for (const channel of listen?.channels ?? [])
        await client.query(`LISTEN ${pg.escapeIdentifier(channel)}`);
      return { client, socket };
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }

  #lose(client: pg.Client): void {
    if (this.#client !== client) return;
    this.#client = undefined;
    this.#socket?.destroy();
    this.#retryLater();
  }

  #retryLater(): void {
    if (this.#closed || this.#retry !== undefined) return;
    const pause = backoff(this.#failures, { baseMs: 50, capMs: SECOND, jitter: "equal" });
    this.#failures += 1;
    this.#retry = setTimeout(() => {
      this.#retry = undefined;
      this.open().catch(() => undefined);
    }, pause).unref();
  }
}

/** Shutdown, too many connections, a standby, or a prepared statement that is no longer there: another connection helps. */
const RECONNECT = /^(08|57P0[123]|53300|25006|AGE01|26000|0A000)/;

/** A full disk, or no memory: the server answers, and can take nothing for now. */
const OUT_OF_RESOURCES = /^53(?!300)/;

function isOutOfResources(error: unknown): boolean {
  return error instanceof pg.DatabaseError && OUT_OF_RESOURCES.test(error.code ?? "");
}

/** Whether PostgreSQL refused the statement: nothing of it is committed, and sending it elsewhere or later changes nothing. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError) || error.code === undefined) return false;
  return !RECONNECT.test(error.code) && !OUT_OF_RESOURCES.test(error.code);
}
