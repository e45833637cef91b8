import { pino } from "pino";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CallLines } from "./call-lines";

beforeEach(() => void vi.useFakeTimers({ now: new Date("2026-11-27T09:05:03.007Z") }));
afterEach(() => void vi.useRealTimers());

const fields = { method: "POST", route: '/v1/"odd"', status: 200, ms: 12.3, code: undefined, hung_up: true };

function linesOf(level: string) {
  const written: string[] = [];
  const output = { lastLevel: 0, write: (line: string) => void written.push(line) };
  return { written, output, lines: new CallLines(level, output) };
}

test("a call's line is the one that the logger would write", () => {
  const theirs: string[] = [];
  const logger = pino(
    {
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label: string) => ({ level: label }) },
    },
    { write: (line) => void theirs.push(line) },
  );
  const { written, output, lines } = linesOf("info");
  for (const at of ["2026-11-27T09:05:03.007Z", "2026-11-27T09:05:03.120Z", "2026-11-27T09:05:04.000Z"]) {
    vi.setSystemTime(new Date(at));
    lines.write(fields);
    logger.info(fields, "request");
  }
  expect(written).toEqual(theirs);
  expect(output.lastLevel).toBe(30);
});

test.each([
  ["trace", 1],
  ["debug", 1],
  ["warn", 0],
  ["silent", 0],
])("at level %s, %i of one line is written", (level, count) => {
  const { written, lines } = linesOf(level);
  lines.write(fields);
  expect(written).toHaveLength(count);
});
