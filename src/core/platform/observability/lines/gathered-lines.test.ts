import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createLog } from "../log";
import { GatheredLines } from "./gathered-lines";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function logInto(written: string[]) {
  const lines = new GatheredLines({ write: (text) => void written.push(text) });
  return { lines, log: createLog("info", lines) };
}

const messages = (text: string | undefined) =>
  text
    ?.trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { msg: string }).msg);

test("lines that come within ten milliseconds are written together, in their order", () => {
  const written: string[] = [];
  const { log } = logInto(written);
  for (const text of ["a", "b", "c"]) log.info(text);
  expect(written).toEqual([]);
  vi.advanceTimersByTime(10);
  expect(written.map(messages)).toEqual([["a", "b", "c"]]);
  log.info("d");
  vi.advanceTimersByTime(10);
  expect(written.map(messages)).toEqual([["a", "b", "c"], ["d"]]);
});

test("a warning is written at once, behind what came before it", () => {
  const written: string[] = [];
  const { log } = logInto(written);
  log.info("a");
  log.warn("b");
  expect(written.map(messages)).toEqual([["a", "b"]]);
  vi.advanceTimersByTime(10);
  expect(written).toHaveLength(1);
});

test("what waits is written when it is asked for, and lines never pile up", () => {
  const written: string[] = [];
  const { log, lines } = logInto(written);
  log.info("a");
  lines.flush();
  expect(written.map(messages)).toEqual([["a"]]);
  for (let i = 0; i < 2_000; i++) log.info("x".repeat(100));
  expect(written.length).toBeGreaterThan(2);
});
