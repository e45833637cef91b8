import { expect, it } from "vitest";
import { isLiveTest, testsIn } from "./named-tests";

it.each([
  ["of its own", `it("holds", () => {});`],
  ["by the other name", `test("holds", () => {});`],
  ["in a suite", `describe("a", () => { describe("b", () => { it("holds", async () => {}); }); });`],
  ["of a table", `it.each([["x"]])("holds", () => {});`],
  ["of a table with types", `it.each<[string]>([["x"]])("holds", () => {});`],
  ["as a case of a table", `it.each([["holds", 1], ["other", 2]])("%s", () => {});`],
  [
    "as a case of a table that has a name",
    `const rows: Row[] = [["holds", 1]]; it.each(rows)("%s", () => {});`,
  ],
  ["as a case without more", `describe.each(["holds"])("%s", () => { it("x", () => {}); });`],
  ["as a suite with a test", `describe("holds", () => { it.skip("y", () => {}); it("x", () => {}); });`],
  ["with a time limit", `it("holds", { timeout: 5 }, () => {});`],
])("a test counts that is there %s", (_what, source) => {
  expect(isLiveTest("holds", source)).toBe(true);
});

it.each([
  ["skipped", `it.skip("holds", () => {});`],
  ["skipped for every row", `it.skip.each([["x"]])("holds", () => {});`],
  ["yet to be written", `it.todo("holds");`],
  ["expected to fail", `it.fails("holds", () => {});`],
  ["skipped at times", `it.skipIf(process.env.CI)("holds", () => {});`],
  ["run at times", `test.runIf(true)("holds", () => {});`],
  ["in a skipped suite", `describe.skip("a", () => { describe("b", () => { it("holds", () => {}); }); });`],
  ["in a suite skipped at times", `describe.skipIf(x)("a", () => { it("holds", () => {}); });`],
  ["skipped by an option", `it("holds", { skip: true }, () => {});`],
  ["skipping itself", `it("holds", ({ skip }) => { if (x) skip(); expect(1).toBe(1); });`],
  ["skipping itself by its context", `it("holds", (context) => context.skip());`],
  ["in a comment", `// it("holds", () => {});\n/* it("holds", () => {}); */`],
  ["in a text", `const source = 'it("holds", () => {})';`],
  ["of another name", `it("holds on", () => {});`],
  ["called by another function", `maybe("holds", () => {});`],
  ["a suite without a test", `describe("holds", () => {});`],
  ["a suite whose tests are skipped", `describe("holds", () => { it.skip("x", () => {}); });`],
  ["a case of a skipped table", `it.skip.each([["holds", 1]])("%s", () => {});`],
])("a test does not count that is %s", (_what, source) => {
  expect(isLiveTest("holds", source)).toBe(false);
});

it("titles are as the source has them, placeholders and all", () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a title as its source has it.
  const source = 'it.each([1])(`$name refuses ${what} of "it"`, () => {}); it(\'says "no"\', () => {});';
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a title as its source has it.
  expect(testsIn(source).map(({ title }) => title)).toEqual(['$name refuses ${what} of "it"', 'says "no"']);
});
