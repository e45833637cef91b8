import { expect, it } from "vitest";
import type { EpochNote } from "../../../src/core/platform/cell/epoch-store";
import { PromotionRefused, promote } from "./promote";

/** A database and the epochs outside of it, as a promotion sees them. `receives`: for so many looks data still comes. */
function stage(given: {
  epoch?: number;
  follows?: boolean;
  supersededBy?: number;
  timeline?: number;
  notes?: Record<number, EpochNote>;
  receives?: number;
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
        state.epoch = Number(values[0]);
      }
      if (text.includes("terminate")) done.push("sessions ended");
      return { rows: [] };
    },
  };
  const store = {
    newest: async () => Math.max(1, ...notes.keys()),
    noteOf: async (epoch: number) => notes.get(epoch),
    raise: async (to: number, note: EpochNote) => {
      done.push(`raised ${to}`);
      notes.set(to, note);
    },
  };
  const parts = { sql: sql as never, store, ttlMs: -11_990, say: () => undefined, pollMs: 1 };
  return { state, done, run: () => promote(parts), parts };
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
