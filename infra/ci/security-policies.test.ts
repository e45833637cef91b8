import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../commands/build";
import { isLiveTest } from "./named-tests";

const document = readFileSync(join(ROOT, "docs/SECURITY_POLICIES.md"), "utf8");
const rows = [...document.matchAll(/^\| (\d+) \|(.*)\|(.*)\|$/gm)].map(([, number, , tests = ""]) => ({
  number: Number(number),
  // `path` “title”, “title”; `path` “title”
  files: [...tests.matchAll(/`([^`]+)`((?: “[^”]+”,?)+)/g)].map(([, path = "", titles = ""]) => ({
    path,
    titles: [...titles.matchAll(/“([^”]+)”/g)].map(([, title = ""]) => title),
  })),
}));

it("the 50 security statements are each held by at least one test", () => {
  expect(rows.map(({ number }) => number)).toEqual(Array.from({ length: 50 }, (_, index) => index + 1));
  expect(rows.filter(({ files }) => files.length === 0)).toEqual([]);
});

it("each test that a security statement names exists and runs: it is neither skipped nor a comment", () => {
  const missing = rows.flatMap(({ number, files }) =>
    files.flatMap(({ path, titles }) => {
      const file = join(ROOT, path);
      if (!existsSync(file)) return [`${number}: ${path}`];
      const source = readFileSync(file, "utf8");
      return titles
        .filter((title) => !isLiveTest(title, source))
        .map((title) => `${number}: ${path} “${title}”`);
    }),
  );
  expect(missing).toEqual([]);
  expect(rows.flatMap(({ files }) => files.flatMap(({ titles }) => titles)).length).toBeGreaterThan(60);
});
