import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { installPackages, ROOT, requireNode } from "../local/install.mjs";
import { countsIn } from "./run/counts.mjs";
import { runAll, seconds, workOfChildren } from "./run/execute.mjs";

// npm test: every check, none of them skipped because an earlier one failed; one table and one line at the end.
requireNode();
installPackages({ scope: "all" });

const reports = mkdtempSync(join(tmpdir(), "agathaai-reports-"));
const compiled = mkdtempSync(join(tmpdir(), "agathaai-compiled-"));
/** What a reader of the last lines must know by name: tests that failed, and those that needed a later attempt. */
const remarks = [];
const count = countsIn(reports, remarks);
const bin = (path) => join(ROOT, "node_modules", path);
const vitest = (project) => [
  bin("vitest/vitest.mjs"),
  "run",
  "--project",
  project,
  "--reporter=default",
  "--reporter=json",
  `--reporter=${join(ROOT, "infra/ci/later-attempts.mjs")}`,
  // Two processors are too few to fail a change for a slow second. The end names who needed another attempt.
  "--retry=2",
  `--outputFile.json=${join(reports, `${project}.json`)}`,
];

/**
 * Each step is one check, or a suite whose report counts its tests. Phases follow each other; a phase's lanes run beside
 * each other, and the steps of a lane one after the other. Only a phase's first lane writes as it runs.
 *
 * The suites that wait for processes and pages come first in their phase; what only computes fills their pauses and gives
 * way to them.
 */
const phases = [
  [[{ name: "database client (prisma generate)", run: [[bin("prisma/build/index.js"), "generate"]] }]],
  [
    [
      {
        name: "integration and contract tests",
        run: [vitest("integration")],
        env: { LATER_ATTEMPTS_FILE: join(reports, "integration-later.json") },
        count: () => count.vitest("integration"),
      },
    ],
    [
      {
        name: "format and lint (biome)",
        lowPriority: true,
        run: [[bin("@biomejs/biome/bin/biome"), "check", "."]],
      },
      {
        name: "types (tsc)",
        lowPriority: true,
        run: [
          [bin("next/dist/bin/next"), "typegen"],
          // The native compiler reads the same configuration in a third of the work (ADR 53).
          [bin("typescript-native/bin/tsc"), "--noEmit", "-p", "tsconfig.json"],
        ],
      },
      {
        name: "import rules (dependency-cruiser)",
        lowPriority: true,
        run: [
          [
            bin("dependency-cruiser/bin/dependency-cruise.mjs"),
            "--config",
            ".dependency-cruiser.mjs",
            "src",
            "prisma",
            "infra",
            "e2e",
          ],
        ],
      },
      { name: "unused code and packages (knip)", lowPriority: true, run: [[bin("knip/bin/knip.js")]] },
      // Writes the types that tsc reads, so it follows tsc.
      { name: "production build", lowPriority: true, run: [[bin("tsx/dist/cli.mjs"), "infra/ci/build.ts"]] },
      { name: "script of each page (kB)", run: [[bin("tsx/dist/cli.mjs"), "infra/commands/bundle.ts"]] },
    ],
  ],
  [
    [
      {
        // The main job and the pages everyone sees; `npm run test:portal` runs every lifecycle, for longer.
        name: "portal in a browser (smoke)",
        skip: await missingBrowser(),
        run: [
          [
            bin("@playwright/test/cli.js"),
            "test",
            "--config",
            "e2e/portal/playwright.config.ts",
            "--reporter=list,json",
            "--grep-invert=@long",
            // A file stays with one worker: no test meets another of its own file.
            "--workers=3",
            // As above; a browser takes long enough for one more.
            "--retries=1",
            // Recording every test takes a good part of the time; the later attempt tells as much.
            "--trace=on-first-retry",
            "first-completion",
            "overview",
            "shell",
            "requests",
            "billing",
            "headers",
          ],
        ],
        env: { PLAYWRIGHT_JSON_OUTPUT_NAME: join(reports, "portal.json") },
        count: count.playwright,
      },
    ],
    [
      {
        name: "unit tests",
        lowPriority: true,
        run: [vitest("unit")],
        env: { LATER_ATTEMPTS_FILE: join(reports, "unit-later.json") },
        count: () => count.vitest("unit"),
      },
      {
        // A package of its own (ADR 84): npm test does not wait for its installation.
        name: "infrastructure on AWS",
        skip: existsSync(join(ROOT, "infra/aws/node_modules"))
          ? undefined
          : "skipped: infra/aws is not installed (npm run test:aws installs and tests it)",
        lowPriority: true,
        run: [[join(ROOT, "infra/ci/test-aws.mjs"), `--report=${join(reports, "aws.json")}`]],
        count: () => count.vitest("aws"),
      },
    ],
  ],
];

const rows = [];
/** Processor seconds of each phase. Half their sum is the least that two processors need. */
const work = [];
const beganAll = Date.now();
for (const lanes of phases) {
  const before = workOfChildren();
  await Promise.all(
    lanes.map(async (steps, lane) => {
      for (const step of steps) rows.push(await runStep(step, { live: lane === 0 }));
    }),
  );
  work.push(workOfChildren() - before);
}
rmSync(reports, { recursive: true, force: true });
rmSync(compiled, { recursive: true, force: true });
report();

async function runStep(step, { live }) {
  const { name } = step;
  if (step.skip !== undefined) return { name, passed: 0, failed: 0, skipped: 1, note: step.skip };
  if (live) console.log(`\n── ${name}`);
  const began = Date.now();
  const { ok, output } = await runAll(step, { live, compiled });
  if (!live) console.log(`\n── ${name}\n${output.trimEnd()}`);
  const counted = step.count?.() ?? { passed: 0, failed: 0, skipped: 0 };
  // A suite that crashed, or found no test, has failed as one check, whatever it counted before.
  const total = counted.passed + counted.failed + counted.skipped;
  if (step.count === undefined && ok) counted.passed = 1;
  else if ((!ok && counted.failed === 0) || (step.count !== undefined && total === 0)) {
    counted.failed += 1;
    remarks.push(`Failed: ${name}`);
  }
  const flaky = counted.flaky > 0 ? ` (${counted.flaky} passed at a later attempt)` : "";
  return { name, ...counted, note: `${seconds(began)}${flaky}` };
}

async function missingBrowser() {
  if (["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].some(existsSync))
    return undefined;
  const { chromium } = await import("@playwright/test");
  if (existsSync(chromium.executablePath())) return undefined;
  return "skipped: no chromium (apt-get install chromium, or: npx playwright install chromium)";
}

function report() {
  const width = Math.max(...rows.map(({ name }) => name.length));
  const number = (value) => String(value).padStart(7);
  if (remarks.length > 0) console.log(`\n${remarks.join("\n")}`);
  console.log(`\n${"".padEnd(width)}  passed  failed skipped`);
  for (const { name, passed, failed, skipped, note } of rows) {
    console.log(`${name.padEnd(width)} ${number(passed)} ${number(failed)} ${number(skipped)}  ${note}`);
  }
  console.log(`${"all of it".padEnd(width)} ${"".padEnd(23)}  ${seconds(beganAll)}`);
  if (!work.some(Number.isNaN)) {
    const total = work.reduce((sum, one) => sum + one, 0);
    console.log(
      `processor seconds by phase: ${work.map((one) => one.toFixed(0)).join(" + ")} = ${total.toFixed(0)}`,
    );
  }
  const sum = (field) => rows.reduce((total, row) => total + row[field], 0);
  const skipped = sum("skipped");
  console.log(
    `\n${sum("passed")} passed, ${sum("failed")} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`,
  );
  process.exit(sum("failed") > 0 ? 1 : 0);
}
