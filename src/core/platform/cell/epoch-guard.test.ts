import { expect, it } from "vitest";
import { EpochGuard } from "./epoch-guard";
import type { CellRow } from "./judge";

const TTL = 1_000;

/** A process, what it can see, and a clock that a test moves. */
function process(options: { store?: boolean; decidesAlone?: boolean; row?: Partial<CellRow> } = {}) {
  const seen = {
    row: { epoch: 1, supersededBy: null, follows: false, isFollowed: false, ...options.row } as
      | CellRow
      | undefined,
    newest: 1 as number | undefined,
    now: 0,
    superseded: [] as number[],
  };
  const orFail = async <T>(value: T | undefined): Promise<T> => {
    if (value === undefined) throw new Error("out of reach");
    return value;
  };
  const guard = new EpochGuard({
    row: () => orFail(seen.row),
    newest: options.store === false ? undefined : () => orFail(seen.newest),
    decidesAlone: options.decidesAlone,
    supersede: async (by) => {
      seen.superseded.push(by);
    },
    decided: () => undefined,
    ttlMs: TTL,
    now: () => seen.now,
  });
  const after = async (ms: number, changes: Partial<typeof seen> = {}) => {
    seen.now += ms;
    Object.assign(seen, changes);
    return await guard.check();
  };
  return { seen, after };
}

const writing = { epoch: 1, supersededBy: null, follows: false, isFollowed: false };

it("a process that can see nothing stops within the time to live, and goes on when it sees its own epoch again", async () => {
  const { after } = process();
  expect(await after(0)).toBe("active");
  expect(await after(TTL, { row: undefined, newest: undefined })).toBe("active");
  expect(await after(1)).toBe("lapsed");
  expect(await after(1, { row: writing, newest: 1 })).toBe("active");
});

it("a process whose own database lives, but that sees neither the store nor a follower, stops", async () => {
  const { after } = process();
  await after(0);
  expect(await after(TTL + 1, { newest: undefined })).toBe("lapsed");
});

it("neither the store nor the standby alone stops a cell", async () => {
  const { after } = process();
  await after(0);
  expect(await after(TTL * 9, { newest: undefined, row: { ...writing, isFollowed: true } })).toBe("active");
  expect(await after(TTL * 9, { newest: 1, row: writing })).toBe("active");
});

it("a process that sees a later epoch is fenced for good, and tells its database", async () => {
  const { seen, after } = process();
  await after(0);
  expect(await after(1, { newest: 2 })).toBe("fenced");
  expect(seen.superseded).toEqual([2]);
  expect(await after(1, { newest: 1 })).toBe("fenced");
});

it("a process whose database was raised, left behind or rebuilt is fenced", async () => {
  for (const row of [
    { ...writing, epoch: 2 },
    { ...writing, supersededBy: 2 },
    { ...writing, follows: true },
  ]) {
    const { after } = process({ store: false });
    await after(0);
    expect(await after(1, { row })).toBe("fenced");
  }
});

it("an old region that starts again with its old database never writes", async () => {
  const { after } = process();
  expect(await after(0, { newest: undefined })).toBe("waiting");
  expect(await after(TTL * 9, { newest: 2 })).toBe("waiting");
});

it("a standby reads, and writes only once its own row has the newest epoch", async () => {
  const { after } = process({ row: { follows: true } });
  expect(await after(0)).toBe("standby");
  expect(await after(1, { newest: 2 })).toBe("standby");
  expect(await after(1, { row: writing })).toBe("waiting");
  expect(await after(1, { row: { ...writing, epoch: 2 } })).toBe("active");
});

it("where witnesses decide, a reader that follows beside the writer is no sign", async () => {
  const followed = { ...writing, isFollowed: true };
  const { after } = process({ decidesAlone: true, row: followed });
  expect(await after(0)).toBe("active");
  expect(await after(TTL + 1, { newest: undefined, row: followed })).toBe("lapsed");
  expect(await after(1, { newest: 1 })).toBe("active");
});
