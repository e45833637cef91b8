import { createHash } from "node:crypto";
import pg from "pg";
import { z } from "zod";

const unfinishedSchema = z.array(z.object({ index: z.string(), parent: z.string(), definition: z.string() }));
const partitionSchema = z.array(z.object({ schema: z.string(), name: z.string() }));

/**
 * PostgreSQL cannot build the index of a partitioned table concurrently. A migration makes it `ON ONLY` the table, which is
 * done at once and gives it to new partitions; here it is built on each of the others while they are read and written, and
 * attached. With the last one the index is valid. May be interrupted and repeated. Returns how many were built.
 */
export async function buildPartitionIndexes(client: pg.Client): Promise<number> {
  const { rows } = await client.query(`
    SELECT i.indexrelid::regclass::text AS index, i.indrelid::regclass::text AS parent,
      pg_get_indexdef(i.indexrelid) AS definition
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relkind = 'I' AND NOT i.indisvalid AND c.relnamespace = 'public'::regnamespace
    ORDER BY c.relname`);
  let built = 0;
  for (const { index, parent, definition } of unfinishedSchema.parse(rows)) {
    for (const partition of await partitionsWithout(client, index, parent)) {
      await buildIndex(client, { index, definition, ...partition });
      built += 1;
    }
  }
  return built;
}

async function partitionsWithout(client: pg.Client, index: string, parent: string) {
  const { rows } = await client.query(
    `SELECT c.relnamespace::regnamespace::text AS schema, c.relname AS name
     FROM pg_inherits p JOIN pg_class c ON c.oid = p.inhrelid
     WHERE p.inhparent = $2::regclass AND NOT EXISTS (
       SELECT FROM pg_inherits a JOIN pg_index x ON x.indexrelid = a.inhrelid
       WHERE a.inhparent = $1::regclass AND x.indrelid = p.inhrelid)
     ORDER BY c.relname DESC`,
    [index, parent],
  );
  return partitionSchema.parse(rows);
}

interface NewIndex {
  index: string;
  definition: string;
  schema: string;
  name: string;
}

async function buildIndex(client: pg.Client, { index, definition, schema, name }: NewIndex): Promise<void> {
  const [head] = /^CREATE (UNIQUE )?INDEX .+? ON ONLY \S+ /.exec(definition) ?? [];
  if (head === undefined) throw new Error(`${index} is not the index of a partitioned table: ${definition}`);
  const kind = head.startsWith("CREATE UNIQUE") ? "UNIQUE INDEX" : "INDEX";
  // The same name at each try, so that what a killed one left is found.
  const own = pg.escapeIdentifier(
    `${name}_${createHash("sha256").update(index).digest("hex").slice(0, 8)}_idx`,
  );
  const [at, table] = [pg.escapeIdentifier(schema), pg.escapeIdentifier(name)];
  // It waits for transactions that are under way, and holds up none: it may wait as long as they take.
  await client.query("SET lock_timeout = 0");
  await client.query(`DROP INDEX CONCURRENTLY IF EXISTS ${at}.${own}`);
  await client.query(`CREATE ${kind} CONCURRENTLY ${own} ON ${at}.${table} ${definition.slice(head.length)}`);
  await client.query(`ALTER INDEX ${index} ATTACH PARTITION ${at}.${own}`);
}

/** What interrupted concurrent builds of these migrations left: an index that costs writes and serves no reads. */
export async function dropUnfinishedIndexes(client: pg.Client, scripts: readonly string[]): Promise<void> {
  for (const script of scripts) {
    const name = /\bINDEX\s+CONCURRENTLY\s+(?:IF\s+NOT\s+EXISTS\s+)?"?(\w+)"?/i.exec(script)?.[1];
    if (name === undefined) continue;
    const { rowCount } = await client.query(
      "SELECT FROM pg_index WHERE indexrelid = to_regclass($1) AND NOT indisvalid",
      [`public.${pg.escapeIdentifier(name)}`],
    );
    if (rowCount === 1) await client.query(`DROP INDEX CONCURRENTLY public.${pg.escapeIdentifier(name)}`);
  }
}
