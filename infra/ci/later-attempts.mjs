import { writeFileSync } from "node:fs";

/** A reporter of vitest: names the tests that failed first and passed at a later attempt, so that nobody forgets them. */
export default class LaterAttempts {
  #names = [];

  onTestCaseResult(test) {
    if (test.diagnostic()?.flaky) this.#names.push(`${test.module.relativeModuleId} > ${test.fullName}`);
  }

  onTestRunEnd() {
    const file = process.env.LATER_ATTEMPTS_FILE;
    if (file !== undefined) writeFileSync(file, JSON.stringify(this.#names));
  }
}
