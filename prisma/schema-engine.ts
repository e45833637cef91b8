import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { PrismaPg } from "@prisma/adapter-pg";
import {
  bindMigrationAwareSqlAdapterFactory,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from "@prisma/driver-adapter-utils";
import * as bindings from "@prisma/schema-engine-wasm/schema_engine_bg";
import { databaseUrl, dropDatabase, ensureDatabase, nameOfDatabase } from "./database";

export type { MigrationList, SchemaEngine, SchemaFilter } from "@prisma/schema-engine-wasm/schema_engine_bg";

/**
 * Prisma's own schema engine, compiled to WebAssembly: the same migrations table, checksums and diffs as
 * `prisma migrate`, without a binary to download. `close` gives the connections back.
 */
export async function openSchemaEngine(
  url: string,
  schema: { path: string; content: string },
): Promise<{ engine: bindings.SchemaEngine; close(): Promise<void> }> {
  await loadEngine();
  const factory = new MigrationAdapterFactory(url);
  const engine = await bindings.SchemaEngine.new(
    { datamodels: [[schema.path, schema.content]] },
    () => {},
    bindMigrationAwareSqlAdapterFactory(factory),
  );
  return {
    engine,
    close: async () => {
      engine.free();
      await factory.close();
    },
  };
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
 * adapter-pg cuts a script at every semicolon, which would cut function bodies apart, and aims its shadow database at
 * the real one when it is given an address. Both are done here: a script goes to PostgreSQL whole, so that a
 * migration is one transaction, and the shadow is a database of its own that is dropped at the end.
 */
class MigrationAdapterFactory implements SqlMigrationAwareDriverAdapterFactory {
  readonly provider = "postgres";
  readonly adapterName = "@prisma/adapter-pg";
  readonly #open = new Set<SqlDriverAdapter>();

  constructor(private readonly url: string) {}

  async connect(): Promise<SqlDriverAdapter> {
    return this.#connectTo(this.url, async () => {});
  }

  async connectToShadowDb(): Promise<SqlDriverAdapter> {
    const shadow = databaseUrl(
      this.url,
      `${nameOfDatabase(this.url)}_shadow_${crypto.randomUUID().slice(0, 8)}`,
    );
    await ensureDatabase(shadow);
    return this.#connectTo(shadow, () => dropDatabase(shadow));
  }

  async close(): Promise<void> {
    await Promise.all([...this.#open].map((adapter) => adapter.dispose()));
  }

  async #connectTo(url: string, afterwards: () => Promise<void>): Promise<SqlDriverAdapter> {
    const adapter: SqlDriverAdapter = await new PrismaPg({ connectionString: url, max: 1 }).connect();
    const dispose = adapter.dispose.bind(adapter);
    adapter.executeScript = async (sql) => {
      await adapter.executeRaw({ sql, args: [], argTypes: [] });
    };
    adapter.dispose = async () => {
      if (!this.#open.delete(adapter)) return;
      await dispose();
      await afterwards();
    };
    this.#open.add(adapter);
    return adapter;
  }
}
