import { describe, expect, it } from "vitest";
import { until } from "../../../../../infra/testing/until";
import type { Db } from "../../db/client";
import { WriteBehind } from "./write-behind";

const db = {} as Db;

function counter({ failures = 0, maxBatch = 10 } = {}) {
  const written: (readonly [string, number])[][] = [];
  const errors: unknown[] = [];
  const counts = new WriteBehind<number>({
    delayMs: 5,
    maxBatch,
    merge: (earlier, later) => earlier + later,
    write: async (_, values) => {
      if (failures-- > 0) throw new Error("down");
      written.push([...values]);
    },
    isWorthKeeping: (count) => count < 100,
    onError: (error) => errors.push(error),
  });
  return { counts, written, errors };
}

describe("write-behind", () => {
  it("merges the values of a key and writes them by itself, soon after", async () => {
    const { counts, written } = counter();
    counts.add(db, "a", 1);
    counts.add(db, "a", 2);
    counts.add(db, "b", 5);
    await until(() => written.length > 0);
    expect(written).toEqual([
      [
        ["a", 3],
        ["b", 5],
      ],
    ]);
  });

  it("splits what is too much for one statement", async () => {
    const { counts, written } = counter({ maxBatch: 2 });
    for (const key of ["a", "b", "c"]) counts.add(db, key, 1);
    await counts.flush(db);
    expect(written.map((values) => values.length)).toEqual([2, 1]);
  });

  it("keeps what could not be written, merged with what came meanwhile, and tries again by itself", async () => {
    const { counts, written, errors } = counter({ failures: 1 });
    counts.add(db, "a", 1);
    await expect(counts.flush(db)).rejects.toThrow("down");
    counts.add(db, "a", 2);
    await until(() => written.length > 0);
    expect(written).toEqual([[["a", 3]]]);
    expect(errors).toEqual([]);
  });

  it("drops entries that are not worth another try", async () => {
    const { counts, written } = counter({ failures: 1 });
    counts.add(db, "old", 100);
    counts.add(db, "new", 1);
    await counts.flush(db).catch(() => undefined);
    await counts.flush(db);
    expect(written).toEqual([[["new", 1]]]);
  });
});
