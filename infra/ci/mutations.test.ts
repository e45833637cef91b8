import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { editOf, type Mutation, namesOf } from "../../e2e/mutations/mutation";
import { mutations } from "../../e2e/mutations/mutations";
import { countIn, inOrder, nameOf, PAGE, rowsOf, withResults } from "../../e2e/mutations/page";
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

it("the page of the runs has a row of each protection that is taken away, and of no other", () => {
  const page = read(PAGE);
  expect(rowsOf(page).map(([name]) => name)).toEqual(inOrder(mutations).map(nameOf));
  expect(countIn(page)).toBe(mutations.length);
});

it("a run writes into the page what was noticed, and takes out what was not", () => {
  const page = read(PAGE);
  const [first, second, third] = inOrder(mutations) as [Mutation, Mutation, Mutation];
  const said = `expected "a|b" ${"x".repeat(200)}`;
  const tried = [
    { mutation: first, noticed: true, said },
    { mutation: second, noticed: false, said },
  ];
  const run = { at: new Date("2027-01-02T03:04:05Z"), node: "99.1.2" };
  const written = withResults(page, { ...run, mutations: [third, second, first], tried });
  expect(rowsOf(written)).toEqual([
    [nameOf(first), expect.stringMatching(/ \| expected "a\\\|b" x{95} \|$/)],
    rowsOf(page)[2],
  ]);
  expect(written).toContain("**2 January 2027**, Node 99.1.2, 2 edits");
  expect(withResults(page, { ...run, mutations, tried: [] }).split("\n")).toHaveLength(
    page.split("\n").length,
  );
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
