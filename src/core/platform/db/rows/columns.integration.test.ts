import pg from "pg";
import { afterAll, expect, test } from "vitest";
import { useTestStack } from "../../../../../infra/testing/use-test-stack";
import { plain, quoted, valuesOf } from "./columns";

const { databaseUrl: url } = await useTestStack();
const client = new pg.Client({ connectionString: url });
await client.connect();
afterAll(() => client.end());

test("PostgreSQL reads a column of text as the values it was written from", async () => {
  const texts = [
    'say "hi"',
    "back\\slash\\",
    "",
    "NULL",
    "a,b{c}",
    " spaced ",
    "new\nline",
    '{"json":"say \\"hi\\"","path":"a\\\\b"}',
    "\u0001\t\u007f\u2028",
    "漢字",
    "'",
    null,
  ];
  const values = [
    ...valuesOf([quoted<string | null>((text) => text)], texts),
    ...valuesOf([quoted(String)], []),
  ];
  const { rows } = await client.query({
    name: "texts",
    text: "SELECT $1::text[] AS some, $2::text[] AS none",
    values,
  });
  expect(rows).toEqual([{ some: texts, none: [] }]);
});

test("a column of numbers, flags and words has no quotes, and NULL where there is nothing", () => {
  const items = [{ n: 1 }, { n: 20n }, { n: true }, { n: "live" }, { n: null }];
  expect(valuesOf<(typeof items)[number]>([plain(({ n }) => n)], items)).toEqual(["{1,20,true,live,NULL}"]);
});
