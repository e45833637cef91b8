import { describe, expect, it } from "vitest";
import { DataKeys } from "./data-keys";
import { KeyCache } from "./key-cache";

const key = () => DataKeys.ofNew(new Uint8Array(32));

describe("key cache", () => {
  it("asks the database again after five seconds, and the key service after five", () => {
    let now = 0;
    const cache = new KeyCache(() => now);
    const mine = key();
    cache.put("user:1", "row", mine, cache.generation);
    now = 4_999;
    expect(cache.fresh("user:1")).toBe(mine);
    now = 5_000;
    expect(cache.fresh("user:1")).toBeUndefined();
    expect(cache.confirmed("user:1", "row")).toBe(mine);
    expect(cache.fresh("user:1")).toBe(mine);
    now = 300_000;
    expect(cache.confirmed("user:1", "row")).toBeUndefined();
  });

  it("never confirms the key of another row", () => {
    const cache = new KeyCache();
    cache.put("user:1", "row", key(), cache.generation);
    expect(cache.confirmed("user:1", "another row")).toBeUndefined();
  });

  it("stays bounded; the least recently used goes first", () => {
    const cache = new KeyCache(() => 0, 2);
    cache.put("a", "1", key(), cache.generation);
    cache.put("b", "2", key(), cache.generation);
    cache.fresh("a");
    cache.put("c", "3", key(), cache.generation);
    expect(["a", "b", "c"].map((name) => cache.fresh(name) !== undefined)).toEqual([true, false, true]);
  });

  it("forgets at once what is dropped", () => {
    const cache = new KeyCache();
    cache.put("a", "1", key(), cache.generation);
    cache.drop("a");
    expect(cache.fresh("a")).toBeUndefined();
    expect(cache.confirmed("a", "1")).toBeUndefined();
  });

  it("never remembers a key whose reading began before a drop", () => {
    const cache = new KeyCache();
    const { generation } = cache;
    cache.drop("a");
    cache.put("a", "1", key(), generation);
    expect(cache.fresh("a")).toBeUndefined();
    expect(cache.confirmed("a", "1")).toBeUndefined();
  });
});
