import { describe, expect, it } from "vitest";
import { newId } from "../ids/ids";
import { boundsOf } from "./bounds";
import { decodeCursor, encodeCursor, type ListIdentity } from "./cursor";
import { pageOf, readPage } from "./page";
import { type ListQuery, withOldCreated } from "./query";

const identity: ListIdentity = {
  list: "keys",
  owner: "org-a",
  filter: { model: "gpt-4o", metadata: { a: "1", b: "2" } },
};
const query: ListQuery = { limit: 2, created: { gte: "2026-11-01T00:00:00Z" } };
const refused = expect.objectContaining({ code: "invalid_cursor", param: "cursor", status: 400 });

describe("a cursor", () => {
  it("brings back the key it was made of", () => {
    const key = newId();
    expect(decodeCursor(identity, { ...query, cursor: encodeCursor(identity, query, key) })).toBe(key);
    expect(decodeCursor(identity, query)).toBeUndefined();
  });

  it("is refused when any character was changed, added or cut off", () => {
    const cursor = encodeCursor(identity, query, newId());
    for (let at = 0; at < cursor.length; at++) {
      const changed = cursor.slice(0, at) + (cursor[at] === "A" ? "B" : "A") + cursor.slice(at + 1);
      expect(() => decodeCursor(identity, { ...query, cursor: changed })).toThrow(refused);
    }
    for (const cut of ["", cursor.slice(0, -1), `${cursor}A`, `${cursor}=`, "x".repeat(10_000)]) {
      expect(() => decodeCursor(identity, { ...query, cursor: cut })).toThrow(refused);
    }
  });

  it.each<[string, ListIdentity, ListQuery]>([
    ["another list", { ...identity, list: "history" }, query],
    ["another owner", { ...identity, owner: "org-b" }, query],
    ["another filter", { ...identity, filter: { model: "gpt-4" } }, query],
    ["no filter", { list: "keys", owner: "org-a" }, query],
    ["the other order", identity, { ...query, order: "asc" }],
    ["another span", identity, { ...query, created: { gte: "2026-11-02T00:00:00Z" } }],
  ])("is refused by %s", (_what, otherPlace, otherQuery) => {
    const cursor = encodeCursor(identity, query, newId());
    expect(() => decodeCursor(otherPlace, { ...otherQuery, cursor })).toThrow(refused);
  });

  it("holds for another size of page, and for a filter whose entries come in another order", () => {
    const cursor = encodeCursor(identity, query, "key");
    const turned = { ...identity, filter: { metadata: { b: "2", a: "1" }, model: "gpt-4o" } };
    expect(decodeCursor(turned, { ...query, limit: 50, cursor })).toBe("key");
  });
});

describe("pages of items at hand", () => {
  const day = (at: number) => `2026-11-0${at}T00:00:00.000Z`;
  const items = [3, 1, 2, 2].map((at, index) => ({ id: `item-${at}-${index}`, created_at: day(at) }));
  const all = (more: Omit<ListQuery, "limit">) => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = pageOf(identity, { ...more, limit: 1, cursor }, items);
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
    return seen;
  };

  it("hold each item once, in either order", () => {
    const newest = ["item-3-0", "item-2-3", "item-2-2", "item-1-1"];
    expect(all({})).toEqual(newest);
    expect(all({ order: "asc" })).toEqual(newest.toReversed());
  });

  it("laid end to end hold each item once: a span holds its beginning and not its end", () => {
    expect(all({ created: { lt: day(2) } })).toEqual(["item-1-1"]);
    expect(all({ created: { gte: day(2), lt: day(3) } })).toEqual(["item-2-3", "item-2-2"]);
    expect(all({ created: { gte: day(3) } })).toEqual(["item-3-0"]);
  });

  it("go on after an item that is gone meanwhile", () => {
    const { next_cursor } = pageOf(identity, { limit: 2 }, items);
    const left = items.filter(({ id }) => id !== "item-2-3");
    expect(pageOf(identity, { limit: 5, cursor: next_cursor ?? "" }, left).data.map(({ id }) => id)).toEqual([
      "item-2-2",
      "item-1-1",
    ]);
  });
});

describe("pages of rows", () => {
  it("say that there is a next one only when there is", async () => {
    const rows = [newId(), newId(), newId()].map((id) => ({ id }));
    const read = ({ take }: { take: number }) => Promise.resolve(rows.slice(0, take));
    expect((await readPage(identity, { limit: 3 }, read)).next_cursor).toBeNull();
    expect((await readPage(identity, { limit: 2 }, read)).next_cursor).not.toBeNull();
  });

  it("begin behind the last row, in the direction of the order", () => {
    const id = newId();
    expect(boundsOf({ limit: 2 }, id)).toMatchObject({ order: "desc", take: 3, where: { id: { lt: id } } });
    expect(boundsOf({ limit: 2, order: "asc" }, id)).toMatchObject({ where: { id: { gt: id } } });
  });
});

describe("the names of the release before", () => {
  it("mean what the new ones do, and are refused beside them", () => {
    const [gte, lt] = ["2026-11-01T00:00:00Z", "2026-12-01T00:00:00Z"];
    expect(withOldCreated({ limit: 1, created_after: gte, created_before: lt })).toEqual({
      limit: 1,
      created: { gte, lt },
    });
    expect(() => withOldCreated({ limit: 1, created: { gte }, created_after: gte })).toThrow(
      expect.objectContaining({ code: "invalid_request", param: "created_after" }),
    );
  });
});
