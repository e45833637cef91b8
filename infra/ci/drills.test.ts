import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";

const path = (name: string) => new URL(`../../${name}`, import.meta.url);
const read = (name: string) => readFileSync(path(name), "utf8");

const rehearsals = readdirSync(path("e2e/rehearsals")).flatMap(
  (file) => /^(.+)\.test\.ts$/.exec(file)?.[1] ?? [],
);
const drills = readdirSync(path(".github/drills"));

it("each drill's checklist is one that the schedule opens", () => {
  const schedule = read(".github/workflows/drills.yml");
  for (const drill of drills) expect(schedule).toContain(`drill=${drill.replace(".md", "")} `);
});

it("no checklist, and not the page on business continuity, names a rehearsal that is not there", () => {
  const pages = ["docs/BUSINESS_CONTINUITY.md", ...drills.map((drill) => `.github/drills/${drill}`)];
  const named = pages.flatMap((page) =>
    [...read(page).matchAll(/npm run rehearse -- ([\w-]+)/g)].map(([, name]) => name),
  );
  expect(named.length).toBeGreaterThan(2);
  for (const name of named) expect(rehearsals).toContain(name);
});
