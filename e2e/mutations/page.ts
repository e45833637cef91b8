import type { Mutation } from "./mutation";

/** Each protection with what its test said when it was gone: written by `npm run test:mutations -- … page`. */
export const PAGE = "docs/security-mutations.md";

const HEAD = "| # | taken away | in | what the test said |\n|---|---|---|---|\n";
const ROW = /^\| (\d+) \| (.+?) \| .+ \| .+ \|$/gm;
const COUNT = /\*\*[^*]+\*\*, Node \S+, \d+ edits/;
const MOST_CHARACTERS = 110;

/** What became of one protection. */
export interface Tried {
  mutation: Mutation;
  noticed: boolean;
  /** What its test said. */
  said: string;
}

type Named = Pick<Mutation, "statement" | "protection">;

export function nameOf({ statement, protection }: Named): string {
  return `${statement}: ${protection}`;
}

/** The page's rows by their names, in its order; of a name that stands twice, both. */
export function rowsOf(page: string): [name: string, row: string][] {
  return [...page.matchAll(ROW)].map(([row, statement, protection = ""]) => [
    nameOf({ statement: Number(statement), protection }),
    row,
  ]);
}

/** In the order of the page. */
export function inOrder<Row extends Named>(mutations: readonly Row[]): Row[] {
  return mutations.toSorted((a, b) => a.statement - b.statement);
}

/** The number of edits that the page tells of. */
export function countIn(page: string): number {
  return Number(/(\d+) edits/.exec(page)?.[1]);
}

/** The page with what a run has found: a row of what was noticed, and none of what was not, nor of what is no more. */
export function withResults(
  page: string,
  {
    mutations,
    tried,
    at,
    node,
  }: { mutations: readonly Mutation[]; tried: readonly Tried[]; at: Date; node: string },
): string {
  const known = new Map(rowsOf(page));
  for (const { mutation, noticed, said } of tried) {
    if (noticed) known.set(nameOf(mutation), rowOf(mutation, said));
    else known.delete(nameOf(mutation));
  }
  const rows = inOrder(mutations).flatMap((mutation) => known.get(nameOf(mutation)) ?? []);
  const begin = page.indexOf(HEAD) + HEAD.length;
  const rest = page.slice(begin);
  const [old = ""] = /^(\|.*\n)*/.exec(rest) ?? [];
  const day = new Intl.DateTimeFormat("en-GB", { dateStyle: "long", timeZone: "UTC" }).format(at);
  const head = page.slice(0, begin).replace(COUNT, `**${day}**, Node ${node}, ${rows.length} edits`);
  return `${head}${rows.map((row) => `${row}\n`).join("")}${rest.slice(old.length)}`;
}

function rowOf(mutation: Mutation, said: string): string {
  const where = "sql" in mutation ? "the database" : `\`${mutation.file}\``;
  const words = said.slice(0, MOST_CHARACTERS).replaceAll("|", "\\|").trim();
  return `| ${mutation.statement} | ${mutation.protection} | ${where} | ${words} |`;
}
