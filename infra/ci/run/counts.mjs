import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { ROOT } from "../../local/install.mjs";

/** Reads how many tests passed and failed from a suite's report. Adds failures and later attempts to `remarks`. */
export function countsIn(reports, remarks) {
  return {
    vitest: (project) => countVitest({ reports, remarks }, project),
    playwright: () => countPlaywright({ reports, remarks }),
  };
}

function readReport(reports, name) {
  const file = join(reports, `${name}.json`);
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

function countVitest({ reports, remarks }, project) {
  const result = readReport(reports, project);
  if (result === undefined) return { passed: 0, failed: 1, skipped: 0 };
  // A file that could not even be loaded has no tests to fail.
  const broken = result.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  );
  const flaky = readReport(reports, `${project}-later`) ?? [];
  remarks.push(...flaky.map((test) => `Passed at a later attempt: ${test}`));
  for (const file of result.testResults) {
    const name = relative(ROOT, file.name);
    if (broken.includes(file)) remarks.push(failure(name, [file.message]));
    for (const test of file.assertionResults) {
      if (test.status === "failed") remarks.push(failure(`${name} > ${test.fullName}`, test.failureMessages));
    }
  }
  return {
    passed: result.numPassedTests,
    flaky: flaky.length,
    failed: result.numFailedTests + broken.length,
    skipped: result.numPendingTests + result.numTodoTests,
  };
}

function failure(test, messages) {
  const [why = ""] = messages.join("\n").split("\n");
  return `Failed: ${test}: ${why.slice(0, 300)}`;
}

function countPlaywright({ reports, remarks }) {
  const { stats, suites = [] } = readReport(reports, "portal") ?? {};
  if (stats === undefined) return { passed: 0, failed: 1, skipped: 0 };
  const { expected, flaky, unexpected, skipped } = stats;
  for (const spec of suites.flatMap(specsOf)) {
    const [status] = spec.tests.map((test) => test.status);
    const name = `${spec.file}:${spec.line} > ${spec.title}`;
    const messages = spec.tests.flatMap((test) => test.results.map(({ error }) => error?.message ?? ""));
    if (status === "flaky") remarks.push(`Passed at a later attempt: ${name}`);
    if (status === "unexpected") remarks.push(failure(name, messages.filter(Boolean)));
  }
  return { passed: expected + flaky, flaky, failed: unexpected, skipped };
}

function specsOf({ specs = [], suites = [] }) {
  return [...specs, ...suites.flatMap(specsOf)];
}
