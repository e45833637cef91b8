import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { editOf, namesOf } from "../../e2e/mutations/mutation";
import { mutations } from "../../e2e/mutations/mutations";
import { ROOT } from "../commands/build";
import { isLiveTest, testsIn } from "./named-tests";

const read = (file: string) => (existsSync(join(ROOT, file)) ? readFileSync(join(ROOT, file), "utf8") : "");
const STATEMENTS = 50;

it("each of the 50 statements has a protection that is taken away and seen to fail", () => {
  const covered = new Set(mutations.map(({ statement }) => statement));
  expect([...covered].sort((a, b) => a - b)).toEqual(Array.from({ length: STATEMENTS }, (_, nr) => nr + 1));
});

it.each(mutations)("$statement: $protection: what is edited stands once in its file", (mutation) => {
  const { file, find, replace } = editOf(mutation);
  expect(read(file).split(find), file).toHaveLength(2);
  expect(replace).not.toBe(find);
});

it.each(mutations)("$statement: $protection: its test is there and runs", ({ test }) => {
  expect(isLiveTest(test.title, read(test.file)), `${test.file} “${test.title}”`).toBe(true);
});

it("the page of the runs tells of rows that the table has, each once, and of how many", () => {
  const page = read("docs/security-mutations.md");
  const told = [...page.matchAll(/^\| (\d+) \| (.+?) \| .+ \| .+ \|$/gm)].map(
    ([, nr, what]) => `${nr}: ${what}`,
  );
  const known = new Set(mutations.map(({ statement, protection }) => `${statement}: ${protection}`));
  expect(told.filter((row) => !known.has(row))).toEqual([]);
  expect(new Set(told).size).toBe(told.length);
  expect(/(\d+) edits, each noticed/.exec(page)?.[1]).toBe(String(told.length));
});

it("a title stands for the rows of its table, or for one of them, and for no longer title", () => {
  const file = "x.test.ts";
  expect(namesOf({ file, title: "refused: %s" }).test("tokens refused: no kid")).toBe(true);
  expect(namesOf({ file, title: "refused: %s", row: "no kid" }).test("tokens refused: no kid")).toBe(true);
  expect(namesOf({ file, title: "refused: %s", row: "no kid" }).test("refused: no kid at all")).toBe(false);
  expect(namesOf({ file, title: "ends it (410)" }).test("a webhook ends it (410)")).toBe(true);
  expect(namesOf({ file, title: "ends it" }).test("a webhook ends it at once")).toBe(false);
  expect(namesOf({ file, title: "%s of %s is %j", row: "x" }).test("x of y is 3")).toBe(true);
});

it("a row that is meant is one of its test's table", () => {
  for (const { test } of mutations.filter(({ test }) => test.row !== undefined)) {
    const found = testsIn(read(test.file)).find(({ title }) => title === test.title);
    expect(test.title).toMatch(/%[sdij]|\$\w/);
    // Tables that stand elsewhere, or have no words, are seen by the run itself.
    if (found !== undefined && found.cases.length > 0) expect(found.cases).toContain(test.row);
  }
});
