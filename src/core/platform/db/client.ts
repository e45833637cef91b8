import { PrismaPg } from "@prisma/adapter-pg";
import type pg from "pg";
import { enterEpoch } from "../cell/standing";
import { singleton } from "../concurrency/singleton";
import { env } from "../env";
import { Prisma, PrismaClient } from "./generated/prisma/client";
import { type ConnectTo, connectTo, PasswordPool } from "./password/connect";
import { statementNames } from "./statement-names";

export type Db = PrismaClient;
/** A transaction's client. Functions that take `Db | Tx` may run alone or as part of a larger commit. */
export type Tx = Prisma.TransactionClient;
export type DbOrTx = Db | Tx;
export { Prisma };

export interface DbOptions {
  url: string;
  poolMax: number;
  /** The timeout of one statement, where callers wait for it; none by default. */
  queryTimeoutMs?: number | undefined;
}

/** How long a caller waits for a free connection before a 503; adapter-pg alone would wait forever. */
const CONNECTION_TIMEOUT_MS = 5_000;
/** PostgreSQL ends a slow statement itself; this much later we give up on a server that does not respond at all. */
const SILENCE_MS = 1_000;

/** The adapter writes and reads times without an offset, and assumes that the session's time zone is UTC. */
const UTC = "-c TimeZone=UTC";
/**
 * No parallel workers where callers wait: starting them takes longer than most of our queries, and they would be missing
 * for the other callers.
 */
const ONE_PROCESS = "-c max_parallel_workers_per_gather=0";
/**
 * Statements by name are planned once a connection. Left to itself PostgreSQL plans anew each time whatever reads a partitioned
 * table by its key, which takes five times as long as running it. They look rows up by keys and indexes: a table that was empty when the
 * plan was made is not to be read whole ever after.
 */
export const PLANNED_ONCE = "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off";
const MAX_NAMED = 6;

export function createDb(options: DbOptions): Db {
  return createClient(createPool(options));
}

function createPool(options: DbOptions): Pool {
  return new Pool(options);
}

/** Prisma's connections, and beside them those of `queryNamed`, which end with them. */
class Pool extends PasswordPool {
  readonly named: pg.Pool;
  #ended: Promise<void> | undefined;

  constructor(options: DbOptions) {
    const common = poolConfig(options);
    super(common);
    this.named = new PasswordPool({
      ...common,
      max: Math.min(MAX_NAMED, options.poolMax),
      options: `${UTC} ${ONE_PROCESS} ${PLANNED_ONCE}`,
    });
    // An idle connection that breaks is replaced by the pool; without a listener it would end the process.
    this.named.on("error", () => undefined);
  }

  override end(): Promise<void>;
  override end(callback: () => void): void;
  override end(callback?: () => void): Promise<void> | void {
    this.#ended ??= Promise.all([super.end(), this.named.end()]).then(() => undefined);
    if (callback === undefined) return this.#ended;
    void this.#ended.then(callback);
  }
}

function poolConfig({ url, poolMax, queryTimeoutMs }: DbOptions): pg.PoolConfig & ConnectTo {
  return {
    ...connectTo(url),
    max: poolMax,
    connectionTimeoutMillis: CONNECTION_TIMEOUT_MS,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    options: UTC,
    // The pool waits for it, whatever its type says: no session is used before it has entered.
    onConnect: (client) => enterEpoch(client),
    ...(queryTimeoutMs !== undefined && {
      options: `${UTC} ${ONE_PROCESS}`,
      statement_timeout: queryTimeoutMs,
      query_timeout: queryTimeoutMs + SILENCE_MS,
    }),
  };
}

function createClient(pool: Pool): Db {
  const adapter = new PrismaPg(pool, {
    disposeExternalPool: true,
    statementNameGenerator: statementNames(),
  });
  const client = new PrismaClient({ adapter, errorFormat: "minimal", log: [] });
  pools().set(client, pool);
  return client;
}

/** Next's bundle and the API server's share one client, so they share what belongs to it. */
const pools = singleton("database-pools", () => new WeakMap<Db, Pool>());

export interface NamedStatement {
  /** Each connection prepares a statement once by its name, so one name has one text. */
  name: string;
  text: string;
  values: unknown[];
}

/**
 * One statement over connections of the client's own without Prisma's engine, which takes longer than the statement itself where one is
 * sent hundreds of times a second (ADR 40). Values arrive as `pg` reads them: a bigint is text.
 */
export async function queryNamed<Row extends pg.QueryResultRow>(
  db: Db,
  statement: NamedStatement,
): Promise<Row[]> {
  return (await namedPool(db).query<Row>(statement)).rows;
}

/** Sends a statement within a transaction. */
export type Query = <Row extends pg.QueryResultRow>(statement: NamedStatement) => Promise<Row[]>;

/** A transaction of such statements. One that takes longer than `withinMs` loses its connection, and with it everything. */
export async function transactNamed<T>(
  db: Db,
  run: (query: Query) => Promise<T>,
  { withinMs = 30_000 }: { withinMs?: number } = {},
): Promise<T> {
  const client = await namedPool(db).connect();
  // A connection that ends between two statements tells the next one. Without a listener it would end the process.
  const heard = () => undefined;
  client.on("error", heard);
  let broken: Error | undefined;
  const release = (error?: Error) => {
    if (broken !== undefined) return;
    if (error !== undefined) broken = error;
    client.off("error", heard);
    client.release(error);
  };
  const timer = setTimeout(() => release(new Error("a transaction took too long")), withinMs);
  try {
    await client.query("BEGIN");
    const result = await run(async (statement) => (await client.query(statement)).rows);
    await client.query("COMMIT");
    release();
    return result;
  } catch (error) {
    if (broken === undefined) {
      await client.query("ROLLBACK").then(
        () => release(),
        (failed: unknown) => release(failed instanceof Error ? failed : new Error(String(failed))),
      );
    }
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function namedPool(db: Db): pg.Pool {
  const pool = pools().get(db);
  if (pool === undefined) throw new Error("a client without a pool of ours");
  return pool.named;
}

/** One pool per process. */
const opened = singleton("database", (queryTimeoutMs: number | undefined) => {
  const { DATABASE_URL: url, DATABASE_POOL_MAX: poolMax } = env();
  const pool = createPool({ url, poolMax, queryTimeoutMs });
  return { client: createClient(pool), pool };
});

/**
 * Opens the process's pool with a timeout on every statement, for a process whose callers wait. Call it before the
 * first `db()`, which opens the pool without a timeout, for jobs that may take long.
 */
export function openDb({ queryTimeoutMs }: { queryTimeoutMs?: number } = {}): Db {
  return opened(queryTimeoutMs).client;
}

export function db(): Db {
  return openDb();
}

export interface PoolState {
  total: number;
  idle: number;
  /** Callers waiting for a connection. */
  waiting: number;
}

export function poolState(): PoolState {
  const pool = opened.peek()?.pool;
  return { total: pool?.totalCount ?? 0, idle: pool?.idleCount ?? 0, waiting: pool?.waitingCount ?? 0 };
}

export async function closeDb(): Promise<void> {
  const closing = opened.clear();
  await closing?.client.$disconnect();
  // Prisma ends only a pool that it has used itself.
  await closing?.pool.end();
}
