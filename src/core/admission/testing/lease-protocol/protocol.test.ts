import { describe, expect, test } from "vitest";
import { type Bug, steps } from "./protocol";
import { type Setting, type State, start } from "./state";

/** Visits every state that can be reached; stops at the first that breaks a guarantee, and says how it came about. */
function explore(
  setting: Setting,
  bug?: Bug,
): { states: number; ends: State[]; broken: string | null; path: string[] } {
  const first = start(setting);
  const seen = new Map<string, { from: string | null; by: string }>([
    [JSON.stringify(first), { from: null, by: "start" }],
  ]);
  const queue = [first];
  const ends: State[] = [];
  for (const state of queue) {
    const key = JSON.stringify(state);
    const following = steps(state, bug);
    if (following.length === 0) ends.push(state);
    for (const { name, next } of following) {
      const nextKey = JSON.stringify(next);
      if (seen.has(nextKey)) continue;
      seen.set(nextKey, { from: key, by: name });
      if (next.broken !== null)
        return { states: seen.size, ends, broken: next.broken, path: pathTo(seen, nextKey) };
      queue.push(next);
    }
  }
  return { states: seen.size, ends, broken: null, path: [] };
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

const calm: Setting = { processes: 2, calls: 2, limit: 6, crashes: 0, cuts: 0, changes: 0 };
/** Seconds where a machine is busy. */
const TIMEOUT_MS = 120_000;

describe("in every order of events no limit is passed, no call that fits is refused, and at rest the counters are the ledger's sums:", () => {
  test.each<[string, Setting]>([
    ["two processes", calm],
    ["two processes, and room for one block", { ...calm, calls: 3, limit: 4 }],
    ["one of them may crash", { ...calm, crashes: 1 }],
    ["one of them may be cut off and come back", { ...calm, cuts: 1, limit: 4 }],
    ["the plan is lowered meanwhile", { ...calm, changes: 1 }],
    ["three processes, and room for one block", { ...calm, processes: 3, limit: 4 }],
  ])(
    "%s",
    (_, setting) => {
      const { states, broken, path, ends } = explore(setting);
      expect({ broken, path }).toEqual({ broken: null, path: [] });
      expect(states).toBeGreaterThan(100);
      // Nothing gets stuck: where no step is left, every call is over and nothing is held.
      for (const { calls, reserved, leases } of ends) {
        expect(
          calls.filter(({ state }) => state === "waiting" || state === "reserved" || state === "opened"),
        ).toEqual([]);
        expect([reserved, leases]).toEqual([0, {}]);
      }
    },
    TIMEOUT_MS,
  );
});

describe("a planted bug is found:", () => {
  test.each<[Bug, Setting, string]>([
    ["no fencing", { ...calm, cuts: 1 }, "more was given back than taken"],
    ["report twice", calm, "more was given back than taken"],
    ["recall ignored", { ...calm, limit: 4 }, "a call that fits was refused"],
    ["return after expiry", { ...calm, cuts: 1 }, "more was given back than taken"],
  ])(
    "%s",
    (bug, setting, broken) => {
      expect(explore(setting, bug)).toMatchObject({ broken });
    },
    TIMEOUT_MS,
  );
});
