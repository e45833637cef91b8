import { afterAll, describe, expect, it } from "vitest";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { closeDb, db } from "../../platform/db/client";
import { indexedRows, indexPlaces, otherBytes } from "./index-places";

await useTestStack();
afterAll(closeDb);

const places = Object.values(indexPlaces).flatMap((stored) => Object.entries(stored));

/** `table.column` of the schema; of a partitioned table the parent alone. */
async function columnsOf(types: readonly string[]): Promise<string[]> {
  const rows = await db().$queryRaw<{ name: string }[]>`
    SELECT c.relname || '.' || a.attname AS name
    FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_type t ON t.oid = a.atttypid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND a.attnum > 0 AND NOT a.attisdropped AND t.typname = ANY(${types}::text[])`;
  return rows.map(({ name }) => name);
}

describe("the table of blind indexes", () => {
  it("knows every column of bytes in the schema that holds no ciphertext", async () => {
    const columns = (await columnsOf(["bytea", "_bytea"])).filter((name) => !/\.(\w+_)?cipher$/.test(name));
    const ofTexts = ["rate_limit_buckets.key", "linked_accounts.provider_account_id"];
    const known = [...places.map(([place]) => place), ...Object.keys(otherBytes)];
    expect(new Set(known)).toEqual(new Set([...columns, ...ofTexts]));
    expect(await columnsOf(["text"])).toEqual(expect.arrayContaining(ofTexts));
  });

  it("has each re-indexed column among those that the job writes, and no other", () => {
    const written = Object.entries(indexedRows).flatMap(([table, { columns }]) =>
      Object.keys(columns).map((column) => `${table}.${column}`),
    );
    const promised = places.filter(([, { fate }]) => fate === "re-indexed").map(([place]) => place);
    expect(written.toSorted()).toEqual(promised.toSorted());
  });
});
