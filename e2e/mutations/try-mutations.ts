import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createVitest, type Vitest } from "vitest/node";
import { editOf, type Mutation, namesOf } from "./mutation";
import { mutations } from "./mutations";
import { nameOf, PAGE, rowsOf, type Tried, withResults } from "./page";

/*
 * Runs in the copy that `run.ts` makes. For each edit the named test has to pass without it and to fail with it: the first
 * also shows that nothing is left of the edit before.
 */
type Verdict = "noticed" | "SURVIVED" | "DID NOT RUN" | "FAILS WITHOUT THE EDIT" | "NO SUCH TEST";

interface Trial {
  ran: number;
  /** The first line of what each failed one said that has words. */
  failures: string[];
  /** The same of hooks, and of a file that could not be read. */
  inTheWay: string[];
}

const words = process.argv.slice(2);
const page = readFileSync(PAGE, "utf8");
const isWanted = wantedOf(words.filter((word) => word !== "page"));
const vitest = await createVitest("test", {
  watch: false,
  passWithNoTests: true,
  // Prints nothing: failures are what is expected here.
  reporters: [{}],
});
await vitest.standalone();
const results: { mutation: Mutation; verdict: Verdict; said: string }[] = [];
for (const mutation of mutations.filter(isWanted)) {
  const began = Date.now();
  const { verdict, said } = await tryOut(vitest, mutation);
  results.push({ mutation, verdict, said });
  const seconds = Math.round((Date.now() - began) / 1_000);
  console.log(`${verdict} · ${mutation.statement} · ${mutation.protection} (${seconds} s): ${said}`);
}
await vitest.close();

console.log("\n| # | taken away | noticed by |\n|---|---|---|");
for (const { mutation, verdict } of results) {
  const { statement, protection, test } = mutation;
  const title = test.row === undefined ? test.title : test.title.replace(/%[sdij]|\$\w+/, test.row);
  const seen = verdict === "noticed" ? `\`${test.file}\` “${title}”` : `**${verdict}**`;
  console.log(`| ${statement} | ${protection} | ${seen} |`);
}
if (words.includes("page")) {
  const tried: Tried[] = results.map(({ mutation, verdict, said }) => ({
    mutation,
    noticed: verdict === "noticed",
    said: said.replaceAll(`${process.cwd()}/`, ""),
  }));
  const found = { mutations, tried, at: new Date(), node: process.versions.node };
  writeFileSync(PAGE, withResults(page, found));
}
const missed = results.filter(({ verdict }) => verdict !== "noticed");
console.log(`\n${results.length} protections taken away, ${results.length - missed.length} noticed.`);
process.exit(missed.length === 0 && results.length > 0 ? 0 : 1);

async function tryOut(runner: Vitest, mutation: Mutation): Promise<{ verdict: Verdict; said: string }> {
  const { file, find, replace } = editOf(mutation);
  const path = join(process.cwd(), file);
  const source = readFileSync(path, "utf8");
  const before = await run(runner, mutation);
  if (before.ran === 0) return { verdict: "NO SUCH TEST", said: mutation.test.title };
  if (before.failures.length > 0)
    return { verdict: "FAILS WITHOUT THE EDIT", said: before.failures[0] ?? "" };
  try {
    edit(
      runner,
      path,
      source.replace(find, () => replace),
    );
    const { ran, failures, inTheWay } = await run(runner, mutation);
    // A hook that failed, or a file that could not be read: nothing was asked, so nothing noticed.
    if (ran === 0) return { verdict: "DID NOT RUN", said: inTheWay[0] ?? mutation.test.title };
    return failures.length > 0
      ? { verdict: "noticed", said: failures[0] ?? "" }
      : { verdict: "SURVIVED", said: mutation.test.title };
  } finally {
    edit(runner, path, source);
  }
}

function edit(runner: Vitest, path: string, text: string): void {
  writeFileSync(path, text);
  runner.invalidateFile(path);
}

async function run(runner: Vitest, { test }: Mutation): Promise<Trial> {
  const names = namesOf(test);
  runner.setGlobalTestNamePattern(names);
  const specifications = await runner.globTestSpecifications([test.file]);
  const { testModules } = await runner.rerunTestSpecifications(specifications);
  const asked = new Set(specifications.map(({ moduleId }) => moduleId));
  const modules = testModules.filter(({ moduleId }) => asked.has(moduleId));
  const suites = modules.flatMap((module) => [module, ...module.children.allSuites()]);
  const trial: Trial = {
    ran: 0,
    failures: [],
    inTheWay: suites.flatMap((suite) => suite.errors().map(({ message }) => firstLine(message))),
  };
  for (const found of modules.flatMap((module) => [...module.children.allTests()])) {
    const { state, errors } = found.result();
    if (!names.test(found.fullName) || (state !== "passed" && state !== "failed")) continue;
    trial.ran += 1;
    if (state === "failed") trial.failures.push(firstLine(errors[0]?.message));
  }
  return trial;
}

function firstLine(message = ""): string {
  return /\S.*/.exec(message)?.[0] ?? "";
}

/** `1 5 23-29`; `new`: those of which the page has no row; without any, all. */
function wantedOf(words: readonly string[]): (mutation: Mutation) => boolean {
  const told = new Set(rowsOf(page).map(([name]) => name));
  const [isNew, ranges] = [words.includes("new"), words.filter((word) => word !== "new")];
  const statements = new Set(
    ranges.flatMap((word) => {
      const [from = Number.NaN, to = from] = word.split("-").map(Number);
      return Array.from({ length: to - from + 1 }, (_, index) => from + index);
    }),
  );
  return (mutation) =>
    words.length === 0 || statements.has(mutation.statement) || (isNew && !told.has(nameOf(mutation)));
}
