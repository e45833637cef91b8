import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { newId } from "../../platform";
import { closeDb, db } from "../../platform/db/client";
import { exportedColumns, readPage } from "../archive/read-rows";
import { everyTable, rowsFor, subjectTypes } from "./every-table";
import type { Row, TableExport } from "./table-export";

const stack = await useTestStack();
const client = new pg.Client({ connectionString: stack.databaseUrl });

beforeAll(() => client.connect());
afterAll(async () => {
  await client.end();
  await closeDb();
});

/** Bytes that are no secret and no ciphertext. */
const openBytes = ["oauth_apps.logo", "audit_logs.hash", "audit_logs.prev_hash"];

async function columnsOfDatabase(): Promise<{ table: string; column: string; type: string }[]> {
  const { rows } = await client.query(`
    SELECT c.relname AS "table", a.attname AS "column", format_type(a.atttypid, a.atttypmod) AS "type" FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relname <> '_prisma_migrations' ORDER BY 1, 2`);
  return rows;
}

const exported = Object.entries(everyTable).filter(
  ([, table]) => typeof table.person !== "string" || typeof table.organization !== "string",
);

describe("what an export has", () => {
  it("is said of every table, and of every column of those that it has", async () => {
    const columns = await columnsOfDatabase();
    expect(Object.keys(everyTable).toSorted()).toEqual([...new Set(columns.map(({ table }) => table))]);
    for (const [table, spec] of exported) {
      const real = columns.filter((one) => one.table === table).map(({ column }) => column);
      expect(Object.keys(spec.columns).toSorted(), table).toEqual(real.toSorted());
    }
  });

  it("is explained where it is nothing", () => {
    const reasons = Object.values(everyTable).flatMap(({ person, organization, columns }) => [
      ...[person, organization].filter((rows) => typeof rows === "string"),
      ...Object.values(columns).flatMap((column) => (column.kind === "left out" ? [column.because] : [])),
    ]);
    for (const reason of reasons) expect(reason).toMatch(/^[A-Z].{15,}\.$/);
  });

  it("is never a hash, a secret, a key or a fingerprint", async () => {
    for (const { table, column, type } of await columnsOfDatabase()) {
      const kind = everyTable[table]?.columns[column]?.kind;
      if (kind === undefined || kind === "left out") continue;
      const name = `${table}.${column}`;
      if (type.startsWith("bytea")) {
        expect([kind, openBytes.includes(name)], name).toEqual(
          kind === "text" ? ["text", false] : ["bytes", true],
        );
      } else expect(name).not.toMatch(/(secret|password|token)(_hash|_cipher)?$|_hash$|_index$/);
    }
  });

  it("has a different name for each column of a file", () => {
    for (const [table, spec] of exported) {
      const names = exportedColumns(spec).map(([name]) => name);
      expect(new Set(names).size, table).toBe(names.length);
    }
  });

  it.each(exported.map(([table]) => table))(
    "is read of %s from its first row and from behind any other",
    async (table) => {
      const spec = everyTable[table] as TableExport;
      for (const type of subjectTypes) {
        const rows = rowsFor(spec, type);
        if (typeof rows === "string") continue;
        const read = { table, spec, rows, subject: { type, id: newId() } };
        const after = Object.fromEntries(rows.key.map(([column, kind]) => [column, anyOf(kind)])) as Row;
        for (const environment of rows.byEnvironment ? ["live"] : [undefined]) {
          expect(await readPage(db(), read, { environment, after: undefined })).toEqual([]);
          expect(await readPage(db(), read, { environment, after })).toEqual([]);
        }
      }
    },
  );
});

/** As the database returns one of this type. */
function anyOf(type: string): unknown {
  const any: Record<string, unknown> = {
    uuid: newId(),
    timestamptz: new Date(),
    date: new Date(),
    bigint: 7n,
    int: 7,
    text: "a",
    bytea: new Uint8Array([1]),
    environment: "live",
  };
  if (!(type in any)) throw new Error(`no value of type ${type}`);
  return any[type];
}
