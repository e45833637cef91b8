import { beforeAll, describe, expect, it } from "vitest";
import { makeUser, principalOf } from "../../../../infra/testing/make-user";
import { db } from "../../platform/db/client";
import { type CacheScope, purgeResponseCache, readCached, storeAnswer } from "..";

/** What holds wherever answers are stored: a test file for each store calls `describeStore`. */

export const owner = async () => principalOf((await makeUser({ verified: true })).claims);

export function scopeOf(orgId: string, more: Partial<CacheScope> = {}): CacheScope {
  const body = { model: "gpt-4o", messages: [{ role: "user", content: "Hi" }] };
  return {
    orgId,
    environment: "live",
    endpoint: "/v1/chat/completions",
    model: "gpt-4o",
    upstreamModel: "gpt-4o",
    body,
    ...more,
  };
}
const answerOf = (text: string) => ({
  answer: { object: "chat.completion", text },
  usage: { total_tokens: 9 },
  finishReason: "stop",
  upstreamModel: "gpt-4o-2024-08-06",
});
export const store = (scope: CacheScope, text: string, ttlSeconds = 60) =>
  storeAnswer(db(), scope, answerOf(text), { ttlSeconds });
export const read = async (scope: CacheScope, { maxAgeSeconds = 60, inMs = 0 } = {}) => {
  const clock = { now: () => new Date(Date.now() + inMs) };
  return (await readCached(db(), scope, { maxAgeSeconds }, clock))?.answer.text;
};

export function describeStore(kind: string): void {
  describe(`stored in ${kind}, an answer`, () => {
    // The first statement of a process opens its connections, which may take longer than a caller waits.
    beforeAll(async () => {
      const { orgId } = await owner();
      await store(scopeOf(orgId), "warm");
      await read(scopeOf(orgId));
    });

    it("is found again for the same scope alone", async () => {
      const { orgId } = await owner();
      await store(scopeOf(orgId), "one");
      expect(await read(scopeOf(orgId))).toBe("one");
      const others: Partial<CacheScope>[] = [
        { environment: "test" },
        { endpoint: "/v1/embeddings" },
        { model: "gpt-4.1" },
        { upstreamModel: "gpt-6.1-terra" },
        { body: { model: "gpt-4o", messages: [{ role: "user", content: "Hi " }] } },
      ];
      for (const other of others) expect(await read(scopeOf(orgId, other))).toBeUndefined();
    });

    it("of one organization answers no other, though the request is the same to the byte", async () => {
      const [ada, eve] = [await owner(), await owner()];
      await store(scopeOf(ada.orgId), "canary of ada");
      expect(await read(scopeOf(eve.orgId))).toBeUndefined();
      await store(scopeOf(eve.orgId), "canary of eve");
      expect(await read(scopeOf(ada.orgId))).toBe("canary of ada");
    });

    it("does not depend on the order in which the request names its fields", async () => {
      const { orgId } = await owner();
      await store(scopeOf(orgId, { body: { a: 1, b: { c: 2, d: 3 } } }), "one");
      expect(await read(scopeOf(orgId, { body: { b: { d: 3, c: 2 }, a: 1 } }))).toBe("one");
    });

    it("ends with its time, and for a caller who wants a younger one earlier", async () => {
      const { orgId } = await owner();
      await store(scopeOf(orgId), "one", 60);
      expect(await read(scopeOf(orgId), { inMs: 59_000 })).toBe("one");
      expect(await read(scopeOf(orgId), { inMs: 30_000, maxAgeSeconds: 20 })).toBeUndefined();
      expect(await read(scopeOf(orgId), { inMs: 60_000, maxAgeSeconds: 3_600 })).toBeUndefined();
    });

    it("is gone after a purge of its organization, and others' stay", async () => {
      const [ada, eve] = [await owner(), await owner()];
      for (const { orgId } of [ada, eve]) await store(scopeOf(orgId), "one");
      await purgeResponseCache(db(), { principal: ada });
      expect(await read(scopeOf(ada.orgId))).toBeUndefined();
      expect(await read(scopeOf(eve.orgId))).toBe("one");
      await store(scopeOf(ada.orgId), "two");
      expect(await read(scopeOf(ada.orgId))).toBe("two");
    });

    it("above a megabyte is not stored", async () => {
      const { orgId } = await owner();
      await store(scopeOf(orgId), "x".repeat(1024 * 1024));
      expect(await read(scopeOf(orgId))).toBeUndefined();
    });
  });
}
