import { readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

const path = (name: string) => new URL(`../../../${name}`, import.meta.url);
const read = (name: string) => readFileSync(path(name), "utf8");

const rehearsals = readdirSync(path("e2e/rehearsals")).flatMap(
  (file) => /^(.+)\.test\.ts$/.exec(file)?.[1] ?? [],
);
const drills = readdirSync(path(".github/drills"));

it("each drill's checklist is one that the schedule opens", () => {
  const schedule = read(".github/workflows/drills.yml");
  for (const drill of drills) expect(schedule).toContain(`drill=${drill.replace(".md", "")} `);
});

it("a drill's issue has a label that is there, and only what asks AWS needs an account", () => {
  const { jobs } = z
    .object({
      jobs: z.record(
        z.string(),
        z.object({
          if: z.string().optional(),
          steps: z.array(z.object({ uses: z.string().optional(), run: z.string().default("") })),
        }),
      ),
    })
    .parse(parse(read(".github/workflows/drills.yml")));
  for (const [name, { if: condition = "", steps }] of Object.entries(jobs)) {
    const asksAws = steps.some(({ uses = "", run }) => /aws-actions/.test(uses) || /^\s*aws /m.test(run));
    expect(condition.includes("vars.AWS_ACCOUNT != ''"), name).toBe(asksAws);
    for (const { run } of steps)
      for (const [, label = ""] of run.matchAll(/gh issue create .*--label (\w+)/g))
        expect(run.indexOf(`gh label create ${label} --force`), label).toBeGreaterThanOrEqual(0);
  }
});

it("no checklist, and not the page on business continuity, names a rehearsal that is not there", () => {
  const pages = ["docs/BUSINESS_CONTINUITY.md", ...drills.map((drill) => `.github/drills/${drill}`)];
  const named = pages.flatMap((page) =>
    [...read(page).matchAll(/npm run rehearse -- ([\w-]+)/g)].map(([, name]) => name),
  );
  expect(named.length).toBeGreaterThan(2);
  for (const name of named) expect(rehearsals).toContain(name);
});
