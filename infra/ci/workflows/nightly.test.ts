import { existsSync, readdirSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

const path = (name: string) => new URL(`../../../${name}`, import.meta.url);
const read = (name: string) => readFileSync(path(name), "utf8");

const jobSchema = z.object({
  needs: z.union([z.string(), z.array(z.string())]).default([]),
  if: z.string().default(""),
  "timeout-minutes": z.number(),
  "runs-on": z.string(),
  strategy: z
    .object({
      "fail-fast": z.boolean(),
      matrix: z.object({ include: z.array(z.record(z.string(), z.string())) }),
    })
    .optional(),
  steps: z.array(
    z.object({
      uses: z.string().default(""),
      if: z.string().default(""),
      run: z.string().default(""),
      with: z.record(z.string(), z.unknown()).default({}),
    }),
  ),
});
const { on, jobs } = z
  .object({
    on: z.object({ schedule: z.array(z.object({ cron: z.string() })) }),
    jobs: z.record(z.string(), jobSchema),
  })
  .parse(parse(read(".github/workflows/nightly.yml")));
const { scripts } = z
  .object({ scripts: z.record(z.string(), z.string()) })
  .parse(JSON.parse(read("package.json")));
const text = read(".github/workflows/nightly.yml");
const legs = Object.values(jobs).flatMap(({ strategy }) => strategy?.matrix.include ?? []);
const suites = Object.entries(jobs).filter(([name]) => name !== "tell");

/** What `npm test` does, what is made by hand, and what is no test. */
const IN_NPM_TEST = ["test", "test:unit", "test:integration", "test:aws"];

it("every long suite and every bench runs each night", () => {
  const long = Object.keys(scripts).filter(
    (name) => /^(test:|bench|rehearse$)/.test(name) && !IN_NPM_TEST.includes(name),
  );
  expect(long.length).toBeGreaterThan(12);
  const named = new Set([
    ...legs.flatMap(({ script = "", bench = "" }) => [script, bench]),
    ...[...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name = ""]) => name),
  ]);
  expect(long.filter((name) => !named.has(name))).toEqual([]);
  for (const name of named) if (name !== "") expect(Object.keys(scripts)).toContain(name);
  expect(text).toMatch(/FUZZ_REQUESTS: "20000"/);
});

it("each night migrations are tried on a million rows: on as many as their program takes when nobody says another number", () => {
  const leg = legs.filter(({ bench }) => bench === "bench:migrations");
  expect(leg).toEqual([{ bench: "bench:migrations" }]);
  const [, file = ""] = /^tsx (\S+)$/.exec(scripts["bench:migrations"] ?? "") ?? [];
  expect(read(file)).toMatch(/rows: \{ type: "string", default: "1000000" \}/);
});

it("every rehearsal runs each night, each by itself, and the one that would be skipped is refused when it was", () => {
  const rehearsals = readdirSync(path("e2e/rehearsals")).flatMap(
    (file) => /^(.+)\.test\.ts$/.exec(file)?.[1] ?? [],
  );
  const run = legs.filter(({ script }) => script === "rehearse").map(({ only }) => only);
  const [, regions = ""] = /npm run rehearse -- (\S+)/.exec(text) ?? [];
  expect([...run, regions].sort()).toEqual(rehearsals.sort());
  expect(text).toContain("! grep -q 'is not rehearsed'");
  expect(read("e2e/rehearsals/lose-region.test.ts")).toContain("is not rehearsed");
});

it("each suite ends, fails by itself alone, and keeps its report whatever came of it", () => {
  expect(on.schedule).toHaveLength(1);
  for (const [name, { steps, strategy, "timeout-minutes": minutes }] of suites) {
    expect(minutes, name).toBeLessThanOrEqual(120);
    if (strategy !== undefined) expect(strategy["fail-fast"], name).toBe(false);
    const kept = steps.filter(({ uses }) => uses.startsWith("actions/upload-artifact@"));
    expect(kept, name).toHaveLength(1);
    expect(kept[0], name).toMatchObject({
      if: "always()",
      with: { path: expect.stringContaining("reports") },
    });
    // A failure of what is piped into a file would be lost without it.
    for (const { run } of steps) if (run.includes("| tee")) expect(run, name).toContain("set -o pipefail");
  }
});

it("a night in which any suite failed or was cut off opens an issue, with a label that is there", () => {
  const { tell } = jobs;
  expect([tell?.needs ?? []].flat().sort()).toEqual(suites.map(([name]) => name).sort());
  expect(tell?.if).toBe("failure() || cancelled()");
  const [{ run = "" } = {}] = tell?.steps ?? [];
  expect(run.indexOf("gh label create nightly --force")).toBeGreaterThanOrEqual(0);
  expect(run.indexOf("gh label create")).toBeLessThan(run.indexOf("gh issue create"));
  expect(run).toContain("--label nightly");
});

it("the image and one box are built and started on both processors, each on one of its own kind", () => {
  const runners = (jobs["image"]?.strategy?.matrix.include ?? []).map(({ arch, runner }) => [arch, runner]);
  expect(runners).toEqual([
    ["amd64", "ubuntu-latest"],
    ["arm64", "ubuntu-24.04-arm"],
  ]);
  const script = jobs["image"]?.steps.map(({ run }) => run).join("\n") ?? "";
  for (const [file = ""] of script.matchAll(/infra\/docker\/[\w.-]+/g))
    expect(existsSync(path(file)), file).toBe(true);
  // Once with Docker, and as root with buildah.
  expect(script).toMatch(/^npm run test:image -- --reporter/m);
  expect(script).toMatch(/apt-get install .*buildah/);
  expect(script).toMatch(/sudo env "PATH=\$PATH" npm run test:image -- built/);
  expect(existsSync(path("e2e/image/built.test.ts"))).toBe(true);
  expect(script).toMatch(/docker compose .* up --build/);
  expect(script).toContain("/api/ready");
  expect(script).toMatch(/-lt 300000000/);
});
