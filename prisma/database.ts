import pg from "pg";
import { connectTo, withRenewal } from "../src/core/platform/db/password/connect";

const CONNECT_TIMEOUT_MS = 10_000;

/** The name of the database in a URL. */
export function nameOfDatabase(url: string): string {
  const name = decodeURIComponent(new URL(url).pathname.slice(1));
  if (name === "") throw new Error("The database address names no database");
  return name;
}

/** The same URL with another database. */
export function withDatabase(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${encodeURIComponent(database)}`;
  return other.href;
}

/** Runs `work` on a connection of its own and closes it afterwards. */
export async function withConnection<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const { source, ...address } = connectTo(url);
  const client = await withRenewal(source, async () => {
    const made = new pg.Client({ ...address, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
    // A connection lost while idle is reported by the next query; without a listener it would end the process.
    made.on("error", () => {});
    await made.connect();
    return made;
  });
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

/** Creates the database unless it exists. Returns whether it did. Safe from many processes at once. */
export async function ensureDatabase(url: string): Promise<boolean> {
  try {
    await withConnection(url, async () => {});
    return false;
  } catch (error) {
    if (codeOf(error) !== INVALID_CATALOG_NAME) throw error;
  }
  return withConnection(withDatabase(url, "postgres"), async (client) => {
    try {
      await client.query(
        `CREATE DATABASE ${pg.escapeIdentifier(nameOfDatabase(url))} ENCODING 'UTF8' TEMPLATE template0`,
      );
      return true;
    } catch (error) {
      if (codeOf(error) === DUPLICATE_DATABASE || codeOf(error) === UNIQUE_VIOLATION) return false;
      throw error;
    }
  });
}

/** Drops the database and its connections; a missing one is no error. */
export async function dropDatabase(url: string): Promise<void> {
  await withConnection(withDatabase(url, "postgres"), async (client) => {
    await client.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(nameOfDatabase(url))} WITH (FORCE)`);
  });
}

const INVALID_CATALOG_NAME = "3D000";
const DUPLICATE_DATABASE = "42P04";
const UNIQUE_VIOLATION = "23505";

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
