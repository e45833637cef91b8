import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { TRIAL } from "../e2e/load/migrations/trial";
import { BASELINE, lintMigration, lintNewMigrations, newMigrations } from "./migration-rules";

const rulesOf = (sql: string) => [...new Set(lintMigration(sql).map(({ rule }) => rule))];

it("no new migration stops the calls of an installation at work", () => {
  expect(lintNewMigrations()).toEqual([]);
});

const folder = new URL("./migrations/", import.meta.url);
/** Of the names and texts of all migrations from before the rules. */
const OLD = "e7716002901ea14c3ef4df52fe4fdad0030d09457ca33e0ac6f1e7cf02b461b1";

it("every migration since the rules is linted and tried under load: none is named so that it would pass for an older one, and none of those was edited", () => {
  const all = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
  const held = new Set(newMigrations());
  const old = all.filter((name) => !held.has(name));
  expect(old.filter((name) => name > BASELINE)).toEqual([]);
  const texts = createHash("sha256");
  for (const name of old)
    texts.update(`${name}\n`).update(readFileSync(new URL(`${name}/migration.sql`, folder)));
  const because = `a new migration's name begins with a time after ${BASELINE}; ${old.slice(-3).join(", ")} do not`;
  expect(texts.digest("hex"), because).toBe(OLD);
});

it("what the trial under load applies is what the rules allow", () => {
  expect(Object.values(TRIAL).flatMap(lintMigration)).toEqual([]);
});

it.each([
  [
    "a required column without a default",
    "adding-required-field",
    "ALTER TABLE usage_ledger ADD COLUMN a INT NOT NULL;",
  ],
  [
    "a column that becomes required",
    "adding-not-nullable-field",
    "ALTER TABLE api_keys ALTER COLUMN a SET NOT NULL;",
  ],
  ["another type", "changing-column-type", "ALTER TABLE api_keys ALTER COLUMN a TYPE bigint;"],
  [
    "an index that is built while writers wait",
    "require-concurrent-index-creation",
    "CREATE INDEX i ON api_keys (a);",
  ],
  [
    "a check of every row",
    "constraint-missing-not-valid",
    "ALTER TABLE api_keys ADD CONSTRAINT c CHECK (a > 0);",
  ],
  [
    "a reference that is checked at once",
    "adding-foreign-key-constraint",
    "ALTER TABLE api_keys ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES x (a);",
  ],
  [
    "a check that is validated in the transaction that adds it",
    "constraint-missing-not-valid",
    "ALTER TABLE api_keys ADD CONSTRAINT c CHECK (a > 0) NOT VALID;\nALTER TABLE api_keys VALIDATE CONSTRAINT c;",
  ],
  ["another name", "renaming-column", "ALTER TABLE api_keys RENAME COLUMN a TO b;"],
  ["a column less", "ban-drop-column", "ALTER TABLE api_keys DROP COLUMN a;"],
  ["a table less", "ban-drop-table", "DROP TABLE api_keys;"],
  [
    "an index of a partitioned table as a whole",
    "partitioned-index-not-only",
    'CREATE INDEX CONCURRENTLY "usage_ledger_a_idx" ON "usage_ledger" ("a");',
  ],
])("is refused: %s", (_what, rule, sql) => {
  expect(rulesOf(sql)).toContain(rule);
});

it.each([
  ["a column that may be empty", "ALTER TABLE usage_ledger ADD COLUMN a INT;"],
  ["a column with a constant default", "ALTER TABLE usage_ledger ADD COLUMN a INT NOT NULL DEFAULT 0;"],
  ["an index built beside the writers, alone in its file", "CREATE INDEX CONCURRENTLY i ON api_keys (a);"],
  ["a check of new rows", "ALTER TABLE api_keys ADD CONSTRAINT c CHECK (a > 0) NOT VALID;"],
  ["its validation in the next file", "ALTER TABLE api_keys VALIDATE CONSTRAINT c;"],
  ["what it likes with a table of its own", "CREATE TABLE t (a INT NOT NULL);\nCREATE INDEX i ON t (a);"],
  [
    "what no version reads any more, in a contract migration",
    "-- Contract: unread since 1.9\nALTER TABLE api_keys DROP COLUMN a;",
  ],
  [
    "the index of a partitioned table on it only",
    "-- squawk-ignore require-concurrent-index-creation\nCREATE INDEX i ON ONLY usage_ledger (a);",
  ],
])("may do: %s", (_what, sql) => {
  expect(rulesOf(sql)).toEqual([]);
});
