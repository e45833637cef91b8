import { expect, it } from "vitest";
import type { EpochNote } from "../../../src/core/platform/cell/epoch-store";
import { PromotionRefused } from "./database-state";
import { finish, silenceMs } from "./finish";
import { promote } from "./promote";
import { raise } from "./raise";

/** A database and the epochs outside of it, as a promotion sees them. `receives`: for so many looks data still comes. */
function stage(given: {
  epoch?: number;
  follows?: boolean;
  supersededBy?: number;
  timeline?: number;
  notes?: Record<number, EpochNote>;
  receives?: number;
  decidesAlone?: boolean;
}) {
  const state = { epoch: 1, follows: true, timeline: 1, receives: 0, ...given };
  const notes = new Map(Object.entries(given.notes ?? {}).map(([epoch, note]) => [Number(epoch), note]));
  const done: string[] = [];
  const sql = {
    query: async (text: string, values: unknown[] = []) => {
      if (text.includes("SELECT epoch")) {
        state.receives -= 1;
        const { epoch, follows, timeline, supersededBy = null } = state;
        return {
          rows: [
            { epoch, supersededBy, follows, timeline, receives: state.receives > 0, database: "here:5432" },
          ],
        };
      }
      if (text.includes("pg_promote")) {
        done.push("promoted");
        Object.assign(state, { follows: false, timeline: state.timeline + 1 });
      }
      if (text.startsWith("UPDATE")) {
        done.push(`epoch ${values[0]}`);
        Object.assign(state, { epoch: Number(values[0]), supersededBy: null });
      }
      if (text.includes("terminate")) done.push("sessions ended");
      return { rows: [] };
    },
  };
  const store = {
    decidesAlone: given.decidesAlone ?? false,
    newest: async () => Math.max(1, ...notes.keys()),
    noteOf: async (epoch: number) => notes.get(epoch),
    raise: async (to: number, note: EpochNote) => {
      if (notes.get(to) !== note) done.push(`raised ${to}`);
      notes.set(to, note);
    },
  };
  const said: string[] = [];
  const parts = {
    sql: sql as never,
    store,
    ttlMs: given.decidesAlone === true ? -990 : -11_990,
    say: (line: string) => void said.push(line),
    pollMs: 1,
  };
  return {
    store,
    state,
    done,
    said,
    run: () => promote(parts),
    raise: (how?: { promoted: boolean }) => raise(parts, how),
    finish: () => finish(parts),
    /** What a managed service does, from outside. */
    rds: () => Object.assign(state, { follows: false, timeline: state.timeline + 1 }),
  };
}

const note = (database: string, timeline = 1): EpochNote => ({
  at: "2026-01-01T00:00:00Z",
  database,
  timeline,
});

it("raises the epoch outside first, and writes under it only once the database is promoted", async () => {
  const { done, run } = stage({ receives: 3 });
  expect(await run()).toBe(2);
  expect(done).toEqual(["raised 2", "promoted", "epoch 2", "sessions ended"]);
});

it("a promotion that broke off goes on where it stopped, under the same epoch", async () => {
  const before = stage({ notes: { 2: note("here:5432") } });
  expect(await before.run()).toBe(2);
  expect(before.done).toEqual(["promoted", "epoch 2", "sessions ended"]);
  const after = stage({ follows: false, timeline: 2, notes: { 2: note("here:5432") } });
  expect(await after.run()).toBe(2);
  expect(after.done).toEqual(["epoch 2", "sessions ended"]);
});

it.each([
  ["one that writes already", { follows: false }],
  ["one that writes already and was restored before its first epoch", { follows: false, timeline: 2 }],
  [
    "the one that was left behind, although nobody has told it",
    { follows: false, notes: { 2: note("there:5432") } },
  ],
  [
    "the one that was left behind, at the address of the one that was to be promoted",
    { follows: false, notes: { 2: note("here:5432") } },
  ],
  ["one that knows that it was left behind", { follows: false, supersededBy: 2 }],
  ["another standby than the one that was begun with", { notes: { 2: note("there:5432") } }],
  [
    "a standby of the one that was left behind, two epochs later",
    { notes: { 2: note("there:5432"), 3: note("here:5432") } },
  ],
])("refuses %s, and changes nothing", async (_what, given) => {
  const { done, run } = stage(given);
  await expect(run()).rejects.toThrow(PromotionRefused);
  expect(done).toEqual([]);
});

it("around a managed promotion the epoch rises outside before it, and in the database only once it is a primary", async () => {
  const { done, state, said, ...cell } = stage({});
  expect(await cell.raise()).toBe(2);
  expect(said.at(-1)).toContain("Promote the database now");
  // The region that was left has seen it, and its mark came over the link.
  state.supersededBy = 2;
  expect(await cell.raise()).toBe(2);
  await expect(cell.finish()).rejects.toThrow("Promote it, then finish epoch 2");
  expect(done).toEqual(["raised 2"]);
  cell.rds();
  expect(await cell.raise()).toBe(2);
  expect(await cell.finish()).toBe(2);
  expect(await cell.finish()).toBe(2);
  expect(done).toEqual(["raised 2", "epoch 2", "sessions ended"]);
  expect(state.supersededBy).toBeNull();
});

it("a managed promotion that began before its epoch is fenced afterwards, once", async () => {
  const { done, state, ...cell } = stage({});
  cell.rds();
  await expect(cell.finish()).rejects.toThrow("raise --promoted");
  await expect(cell.raise()).rejects.toThrow("raise --promoted");
  expect(await cell.raise({ promoted: true })).toBe(2);
  // Its own processes held the epoch before, and have marked it.
  state.supersededBy = 2;
  expect(await cell.raise({ promoted: true })).toBe(2);
  expect(await cell.finish()).toBe(2);
  await expect(cell.raise({ promoted: true })).rejects.toThrow("It writes already, under epoch 2");
  expect(done).toEqual(["raised 2", "epoch 2", "sessions ended"]);
});

it("says that an old database still writes which nobody has told, and is silent where its mark has come", async () => {
  const untold = stage({ receives: 9 });
  await untold.raise();
  expect(untold.said.join()).toContain("still writes");
  const told = stage({ receives: 9, supersededBy: 2, notes: { 2: note("here:5432") } });
  await told.raise();
  expect(told.said.join()).not.toContain("still writes");
});

it.each([
  ["to finish what was not begun", {}, "finish", "No epoch has begun for it"],
  [
    "to finish what was begun for another database",
    { follows: false, timeline: 2, notes: { 2: note("there:5432") } },
    "finish",
    "begun for another database",
  ],
  [
    "to finish on the database that was left, at the address of the one that was to be promoted",
    { follows: false, supersededBy: 2, notes: { 2: note("here:5432") } },
    "finish",
    "left behind by epoch 2",
  ],
  ["to raise for a second standby", { notes: { 2: note("there:5432") } }, "raise", "for another database"],
  ["to raise for the one that writes", { follows: false }, "raise", "was not promoted since"],
  ["to call the one that writes promoted", { follows: false }, "promoted", "was not promoted since"],
  ["to call a standby promoted", {}, "promoted", "nobody has promoted it"],
] as const)("refuses %s, and changes nothing", async (_what, given, verb, why) => {
  const { done, ...cell } = stage(given);
  const step = verb === "finish" ? cell.finish() : cell.raise({ promoted: verb === "promoted" });
  await expect(step).rejects.toThrow(why);
  expect(done).toEqual([]);
});

it("where witnesses decide, an epoch that only one of them has heard of is completed before anything is waited for or written", async () => {
  const begun = note("here:5432");
  const completed: number[] = [];
  const withWitnesses = (given: Parameters<typeof stage>[0]) => {
    const one = stage({ decidesAlone: true, notes: { 2: begun }, ...given });
    const { raise: take } = one.store;
    one.store.raise = async (to, found) => {
      completed.push(to);
      await take(to, found);
    };
    return one;
  };
  const standby = withWitnesses({ receives: 9 });
  expect(await standby.raise()).toBe(2);
  // Nobody who counts on this standby writes any more: nothing is lost by promoting it now.
  expect(standby.said.join()).not.toContain("still writes");
  const promoted = withWitnesses({ follows: false, timeline: 2 });
  expect(await promoted.finish()).toBe(2);
  expect(completed).toEqual([2, 2]);
  expect(promoted.done).toEqual(["epoch 2", "sessions ended"]);
});

it("the old region's time is waited out before a managed promotion where witnesses decide, and after it where a standby is a sign", () => {
  const ttlMs = 15_000;
  expect(silenceMs({ ttlMs, store: stage({ decidesAlone: true }).store })).toBe(16_000);
  expect(silenceMs({ ttlMs, store: stage({}).store })).toBe(27_000);
});
