import { describe, expect, test } from "vitest";
import { type Bug, type Setting, type State, start, steps } from "./protocol";

/** Visits every state that can be reached; stops at the first that breaks a guarantee, and says how it came about. */
function explore(setting: Setting, bug?: Bug) {
  const first = start(setting);
  const seen = new Map<string, { from: string | null; by: string }>([
    [JSON.stringify(first), { from: null, by: "start" }],
  ]);
  const queue: State[] = [first];
  let promoted = 0;
  for (const state of queue) {
    const key = JSON.stringify(state);
    if (state.promoted) promoted += 1;
    for (const { name, next } of steps(state, setting, bug)) {
      const nextKey = JSON.stringify(next);
      if (seen.has(nextKey)) continue;
      seen.set(nextKey, { from: key, by: name });
      if (next.broken !== null)
        return { states: seen.size, promoted, broken: next.broken, path: pathTo(seen, nextKey) };
      queue.push(next);
    }
  }
  return { states: seen.size, promoted, broken: null, path: [] };
}

function pathTo(seen: Map<string, { from: string | null; by: string }>, key: string): string[] {
  const path: string[] = [];
  for (let at: string | null = key; at !== null; ) {
    const { from, by }: { from: string | null; by: string } = seen.get(at) ?? { from: null, by: "?" };
    path.unshift(by);
    at = from;
  }
  return path;
}

const calm: Setting = { witnesses: [2, 2, 2], restarts: 0, promotes: true };
/** Seconds where a machine is busy. */
const TIMEOUT_MS = 120_000;

describe("in every order of events at most one region writes, and a home that hears most witnesses is never stopped:", () => {
  test.each<[string, Setting]>([
    ["a promotion", calm],
    ["the old process starts anew", { ...calm, restarts: 1 }],
    ["a witness has missed the epoch before", { ...calm, witnesses: [1, 2, 2] }],
    ["no promotion", { ...calm, promotes: false }],
  ])(
    "%s",
    (_, setting) => {
      const { broken, path, states, promoted } = explore(setting);
      expect({ broken, path }).toEqual({ broken: null, path: [] });
      expect(states).toBeGreaterThan(100);
      expect(promoted > 0).toBe(setting.promotes);
    },
    TIMEOUT_MS,
  );
});

describe("a planted bug is found:", () => {
  test.each<[Bug, string]>([
    ["a reader beside the writer is a sign", "both regions write"],
    ["one witness is enough to write", "both regions write"],
    ["one witness is enough to begin", "both regions write"],
    ["time runs from the answer", "both regions write"],
    ["the promotion does not wait", "both regions write"],
    ["the promotion waits no longer than the time to live", "both regions write"],
    ["all witnesses are needed", "a home that hears most witnesses was stopped"],
  ])(
    "%s",
    (bug, broken) => {
      expect(explore(calm, bug)).toMatchObject({ broken });
    },
    TIMEOUT_MS,
  );
});
