import { describe, expect, test } from "vitest";
import { steps } from "./protocol";
import { type Bug, type Setting, type State, start } from "./state";

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

/** A caller of a doubtful one was told to try again. */
const ENDED: ReadonlySet<string> = new Set(["accepted", "doubtful", "settled", "refused", "lost"]);

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
    ["one of the calls is queued", { ...calm, queued: 1 }],
    ["both are queued, and a process may crash", { ...calm, queued: 2, crashes: 1 }],
    ["both are queued, and a process may be cut off", { ...calm, queued: 2, cuts: 1 }],
    [
      "queued and other calls, room for one block, and a process may be cut off",
      { ...calm, processes: 1, calls: 3, queued: 1, cuts: 1, limit: 4 },
    ],
    ["queued and other calls while the plan is lowered", { ...calm, queued: 1, changes: 1 }],
    ["queued and other calls, and what is beyond the quota is owed", { ...calm, queued: 1, quota: 1 }],
    ["the same, and a process may crash", { ...calm, queued: 1, quota: 1, crashes: 1 }],
    ["the same, and a process may be cut off", { ...calm, queued: 1, quota: 1, cuts: 1 }],
  ])(
    "%s",
    (_, setting) => {
      const { states, broken, path, ends } = explore(setting);
      expect({ broken, path }).toEqual({ broken: null, path: [] });
      expect(states).toBeGreaterThan(100);
      // Nothing gets stuck: where no step is left, every call is over and nothing is held.
      for (const { calls, reserved, leases, queue } of ends) {
        expect(calls.filter(({ state }) => !ENDED.has(state))).toEqual([]);
        expect([reserved, leases, queue]).toEqual([0, {}, []]);
      }
    },
    TIMEOUT_MS,
  );
});

describe("a planted bug is found:", () => {
  test.each<[Bug, Setting, string]>([
    ["no fencing", { ...calm, cuts: 1 }, "more was given back than taken"],
    ["report twice", calm, "at rest used is not the sum of the ledger"],
    ["recall ignored", { ...calm, limit: 4 }, "a call that fits was refused"],
    ["return after expiry", { ...calm, cuts: 1 }, "more was given back than taken"],
    ["report without what was moved", { ...calm, calls: 3, queued: 1 }, "used + reserved is above the limit"],
    [
      "acceptance without its lease",
      { ...calm, queued: 1, crashes: 1 },
      "reserved is not what leases, open calls and queued calls hold",
    ],
    [
      "doubtful acceptance given back",
      { ...calm, processes: 1, calls: 3, queued: 3, cuts: 1 },
      "a lease holds less than nothing",
    ],
    [
      "moved given back with a dead lease",
      { ...calm, queued: 1, crashes: 1 },
      "reserved is not what leases, open calls and queued calls hold",
    ],
    [
      "calls leased beyond the quota",
      { ...calm, queued: 1, quota: 1 },
      "what is owed is not what is beyond the quota",
    ],
  ])(
    "%s",
    (bug, setting, broken) => {
      expect(explore(setting, bug)).toMatchObject({ broken });
    },
    TIMEOUT_MS,
  );
});
