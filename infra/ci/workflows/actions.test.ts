import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../../commands/build";

const folder = join(ROOT, ".github/workflows");
/** A commit, and behind it for people the tag that it had. */
const PINNED = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+(\.\d+){2}$/;

/** What a workflow's text runs of others, but for workflows of this repository. */
function foreignActions(text: string): string[] {
  return [...text.matchAll(/^\s*(?:- )?["']?uses["']?:\s*(.+?)\s*$/gm)]
    .map(([, action = ""]) => action)
    .filter((action) => !action.startsWith("./"));
}

const used = readdirSync(folder)
  .filter((file) => /\.ya?ml$/.test(file))
  .flatMap((file) => foreignActions(readFileSync(join(folder, file), "utf8")));

it("every action of others is named by its commit, which nobody can move, with its tag beside it", () => {
  expect(used.length).toBeGreaterThan(20);
  expect(used.filter((action) => !PINNED.test(action))).toEqual([]);
});

it("one action has one commit in all workflows", () => {
  const commits = new Map<string, Set<string>>();
  for (const action of used) {
    const [name = "", commit = ""] = action.split("@");
    commits.set(name, (commits.get(name) ?? new Set()).add(commit));
  }
  expect([...commits].filter(([, { size }]) => size > 1).map(([name]) => name)).toEqual([]);
});

it("an action by its tag, its branch or a short commit is found, however it is written", () => {
  const commit = "0123456789abcdef0123456789abcdef01234567";
  for (const action of [
    "actions/checkout@v4",
    "actions/checkout@main",
    "actions/checkout@0123456 # v4.2.2",
    `actions/checkout@${commit}`,
    `actions/checkout@${commit} # v4`,
    "docker://alpine:3",
    '"actions/checkout@v4"',
  ])
    for (const line of [`      - uses: ${action}`, `        uses:   ${action} `, `    'uses': ${action}`])
      expect(
        foreignActions(line).filter((found) => PINNED.test(found)),
        line,
      ).toEqual([]);
  expect(foreignActions(`      - uses: actions/checkout@${commit} # v4.2.2`)).toEqual([
    expect.stringMatching(PINNED),
  ]);
});
