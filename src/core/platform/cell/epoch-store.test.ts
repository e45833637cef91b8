import { expect, it } from "vitest";
import { EpochStore } from "./epoch-store";

const note = (database: string, timeline = 1) => ({ at: "2026-01-01T00:00:00.000Z", database, timeline });

/** Three witnesses in memory, of which each can be out of reach. */
function witnesses() {
  const away = [false, false, false];
  const objects = away.map(() => new Map<string, string>());
  const at = (index: number) => {
    if (away[index]) throw new Error(`witness ${index} is out of reach`);
    return objects[index] ?? new Map<string, string>();
  };
  const all = objects.map((_, index) => ({
    list: async (prefix: string) => [...at(index).keys()].filter((key) => key.startsWith(prefix)).sort(),
    get: async (key: string) => {
      const text = at(index).get(key);
      return text === undefined ? undefined : { body: Buffer.from(text), contentType: undefined };
    },
    put: async (key: string, body: Uint8Array | string) => {
      if (at(index).has(key)) throw new Error("exists");
      at(index).set(key, String(body));
    },
  }));
  return {
    away: (...which: number[]) => {
      for (const index of away.keys()) away[index] = which.includes(index);
    },
    store: new EpochStore(all, "euw1"),
  };
}

it("an epoch that has begun is heard by whoever hears most witnesses, whichever they are, and by nobody who hears fewer", async () => {
  for (const missed of [0, 1, 2])
    for (const lost of [0, 1, 2]) {
      const { away, store } = witnesses();
      away(missed);
      await store.raise(2, note("there"));
      away(lost);
      expect(await store.newest(), `began without ${missed}, read without ${lost}`).toBe(2);
      expect(await store.noteOf(2)).toEqual(note("there"));
      away(0, 1);
      await expect(store.newest()).rejects.toThrow("out of reach");
      await expect(store.noteOf(2)).rejects.toThrow("out of reach");
    }
});

it("no epoch begins where most witnesses are out of reach, and what broke off is completed by its own note alone", async () => {
  const { away, store } = witnesses();
  away(0, 1);
  await expect(store.raise(2, note("there"))).rejects.toThrow("out of reach");
  away(0);
  expect(await store.noteOf(2)).toEqual(note("there"));
  await expect(store.raise(2, note("elsewhere"))).rejects.toMatchObject({
    code: "service_unavailable",
  });
  away();
  await store.raise(2, note("there"));
  expect(await store.noteOf(2)).toEqual(note("there"));
  away(2);
  expect(await store.newest()).toBe(2);
});

it("of two promotions that begin one epoch at different witnesses, neither can say that it is its own", async () => {
  const { away, store } = witnesses();
  away(0, 1);
  await store.raise(2, note("there")).catch(() => undefined);
  away(1, 2);
  await store.raise(2, note("elsewhere")).catch(() => undefined);
  away();
  expect(await store.newest()).toBe(2);
  expect(await store.noteOf(2)).toBeUndefined();
});
