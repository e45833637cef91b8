import { readFileSync } from "node:fs";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { useTestStack } from "../testing/use-test-stack";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
const runbooks = read("../../docs/RUNBOOKS.md");
const code = [...runbooks.matchAll(/`([^`]+)`/g)].map(([, text = ""]) => text.replaceAll(/\s+/g, " ").trim());

/** Complete statements: fragments that name a column or a table are no commands. */
const statements = code
  .filter((text) => /^(SELECT|UPDATE|ALTER TABLE) .*/.test(text))
  .flatMap((text) => text.split(";"))
  .map((text) => text.trim().replace("WHERE id = …", "WHERE id = NULL"))
  // An extension that the server has to load at its start; the runbook says so.
  .filter((text) => text && !text.includes("pg_stat_statements"));

describe("a command in a runbook can be run as it is written", () => {
  let client: pg.Client;

  beforeAll(async () => {
    const { databaseUrl } = await useTestStack();
    client = new pg.Client({ connectionString: databaseUrl });
    await client.connect();
  });

  afterAll(() => client.end());

  it("has statements to try", () => expect(statements.length).toBeGreaterThan(10));

  it.each(statements)("%s", async (statement) => {
    await client.query("BEGIN");
    try {
      await client.query(statement);
    } finally {
      await client.query("ROLLBACK");
    }
  });

  it("npm scripts that are named exist", () => {
    const { scripts } = JSON.parse(read("../../package.json")) as { scripts: Record<string, string> };
    const named = code.flatMap((text) =>
      [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name = ""]) => name),
    );
    expect(named.length).toBeGreaterThan(3);
    for (const name of named) expect(Object.keys(scripts)).toContain(name);
  });
});
