import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { PrismaPg } from "@prisma/adapter-pg";
import {
  bindSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlDriverAdapterFactory,
  type SqlResultSet,
} from "@prisma/driver-adapter-utils";
import * as bindings from "@prisma/schema-engine-wasm/schema_engine_bg";
import type pg from "pg";
import { connectTo, PasswordPool } from "../src/core/platform/db/password/connect";

export type { MigrationList } from "@prisma/schema-engine-wasm/schema_engine_bg";

/** Beside this file, also where both are bundled. */
export const PRISMA_FOLDER = dirname(fileURLToPath(import.meta.url));

/** Every table and enum is Prisma's to compare. */
export const everything: bindings.SchemaFilter = { externalTables: [], externalEnums: [] };

interface Schema {
  path: string;
  content: string;
}

/**
 * Prisma's schema engine, compiled to WebAssembly: the same migrations table, checksums and diffs as `prisma migrate`,
 * without downloading a binary. It works on this database with `schema.prisma`, and closes its connections afterwards.
 */
export async function withEngine<T>(
  databaseUrl: string,
  work: (engine: bindings.SchemaEngine, schema: Schema) => Promise<T>,
): Promise<T> {
  const schema = {
    path: "schema.prisma",
    content: await readFile(join(PRISMA_FOLDER, "schema.prisma"), "utf8"),
  };
  await loadEngine();
  const factory = new MigrationAdapterFactory(databaseUrl);
  const engine = await bindings.SchemaEngine.new(
    { datamodels: [[schema.path, schema.content]] },
    () => {},
    bindSqlAdapterFactory(factory),
  );
  try {
    return await work(engine, schema);
  } finally {
    engine.free();
    await factory.close();
  }
}

let loading: Promise<void> | undefined;

function loadEngine(): Promise<void> {
  loading ??= instantiate();
  return loading;
}

async function instantiate(): Promise<void> {
  const entry = createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm");
  const wasm = await readFile(entry.replace(/\.js$/, "_bg.wasm"));
  const { instance } = await WebAssembly.instantiate(wasm, { "./schema_engine_bg.js": { ...bindings } });
  bindings.__wbg_set_wasm(instance.exports);
  const start = instance.exports.__wbindgen_start;
  if (typeof start === "function") start();
}

/**
 * adapter-pg splits a script at every semicolon, also inside function bodies. Here the script is sent as a whole, which
 * also makes each migration one transaction.
 */
class MigrationAdapterFactory implements SqlDriverAdapterFactory {
  readonly provider = "postgres";
  readonly adapterName = "@prisma/adapter-pg";
  readonly #open = new Set<SqlDriverAdapter>();

  constructor(private readonly url: string) {}

  async close(): Promise<void> {
    await Promise.all([...this.#open].map((adapter) => adapter.dispose()));
  }

  async connect(): Promise<SqlDriverAdapter> {
    const pool = readableCatalog(
      new PasswordPool({ ...connectTo(this.url), max: 1, options: `-c lock_timeout=${LOCK_TIMEOUT_MS}` }),
    );
    const adapter: SqlDriverAdapter = await new PrismaPg(pool, { disposeExternalPool: true }).connect();
    const queryRaw = adapter.queryRaw.bind(adapter);
    const dispose = adapter.dispose.bind(adapter);
    adapter.queryRaw = async (query) => asCharacters(await queryRaw(query));
    adapter.executeScript = async (sql) => {
      await adapter.executeRaw({ sql, args: [], argTypes: [] });
    };
    adapter.dispose = async () => {
      if (this.#open.delete(adapter)) await dispose();
    };
    this.#open.add(adapter);
    return adapter;
  }
}

/**
 * A statement that waits for a lock makes every later call of its table wait behind it. It gives up before callers notice,
 * and `deployMigrations` tries again.
 */
export const LOCK_TIMEOUT_MS = 1_000;

const CHAR_OID = 18;
const CHAR_ARRAY_OID = 1002;

/**
 * The engine reads columns of PostgreSQL's internal type "char", which adapter-pg refuses. They pass through it under
 * the one character type it knows, the array's, and get their own name back in `asCharacters`.
 */
function readableCatalog(pool: pg.Pool): pg.Pool {
  const query = pool.query.bind(pool);
  const readable = async (config: pg.QueryArrayConfig, values?: unknown[]) => {
    const result = await query(config, values);
    for (const field of result.fields ?? []) {
      if (field.dataTypeID === CHAR_OID) field.dataTypeID = CHAR_ARRAY_OID;
    }
    return result;
  };
  pool.query = readable as typeof pool.query;
  return pool;
}

function asCharacters(result: SqlResultSet): SqlResultSet {
  const { Character, CharacterArray } = ColumnTypeEnum;
  return {
    ...result,
    columnTypes: result.columnTypes.map((type) => (type === CharacterArray ? Character : type)),
  };
}
