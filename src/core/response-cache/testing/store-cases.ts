import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeUser, principalOf } from "../../../../infra/testing/make-user";
import { patientRedis } from "../../../../infra/testing/redis/patient-redis";
import { db } from "../../platform/db/client";
import { metricsRegistry } from "../../platform/observability/metrics";
import { updateRetention, updateStorage } from "../../retention";
import { type CacheScope, purgeResponseCache, readCached, responseCacheGauges, storeAnswer } from "..";

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
const setPlan = (orgId: string) =>
  db().subscription.updateMany({ where: { orgId }, data: { plan: "enterprise" } });

const answerOf = (text: string) => ({
  answer: { object: "chat.completion", text },
  usage: { total_tokens: 9 },
  finishReason: "stop",
  upstreamModel: "gpt-4o-2024-08-06",
});
const clockAt = (ms = Date.now()) => ({ now: () => new Date(ms) });
export const store = (
  scope: CacheScope,
  text: string,
  {
    ttlSeconds = 3_600,
    maxBytes = 10 * 1024 * 1024,
    atMs,
  }: { ttlSeconds?: number; maxBytes?: number; atMs?: number } = {},
) => storeAnswer(db(), scope, answerOf(text), { ttlSeconds, maxBytes }, clockAt(atMs));
/** However long it takes: a caller would be content with nothing. */
export const read = async (
  scope: CacheScope,
  { maxAgeSeconds = 3_600, atMs }: { maxAgeSeconds?: number; atMs?: number } = {},
) => (await readCached(db(), scope, { maxAgeSeconds, withinMs: 60_000 }, clockAt(atMs)))?.answer.text;

async function value(name: string, labels: Record<string, string> = {}): Promise<number> {
  const metric = await metricsRegistry().getSingleMetric(name)?.get();
  const series = metric?.values.find((one) =>
    Object.entries(labels).every(([label, text]) =>
      Object.entries(one.labels).some((e) => e[0] === label && e[1] === text),
    ),
  );
  return series?.value ?? 0;
}

/** Misses, hits, stored, refused, evicted. */
const counts = () =>
  Promise.all([
    value("agatha_response_cache_lookups_total", { result: "miss" }),
    value("agatha_response_cache_lookups_total", { result: "hit" }),
    value("agatha_response_cache_writes_total", { result: "stored" }),
    value("agatha_response_cache_writes_total", { result: "refused" }),
    value("agatha_response_cache_evictions_total"),
  ]);

export function describeStore(
  kind: "Redis" | "PostgreSQL",
  client?: Parameters<typeof patientRedis>[0],
): void {
  const bytesOfAll = async () => {
    await responseCacheGauges.read({
      db: db(),
      queue: { depths: () => Promise.reject(new Error("not asked")) },
    });
    return await value("agatha_response_cache_bytes", { store: kind === "Redis" ? "redis" : "postgres" });
  };
  describe(`stored in ${kind}, an answer`, () => {
    let patience: Disposable;
    beforeAll(() => {
      patience = patientRedis(client);
    });
    afterAll(() => patience[Symbol.dispose]());

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
      const storedAt = Date.now();
      const after = (seconds: number) => ({ atMs: storedAt + seconds * 1_000 });
      await store(scopeOf(orgId), "one", { ttlSeconds: 60, ...after(0) });
      expect(await read(scopeOf(orgId), after(59))).toBe("one");
      expect(await read(scopeOf(orgId), { ...after(30), maxAgeSeconds: 20 })).toBeUndefined();
      expect(await read(scopeOf(orgId), after(60))).toBeUndefined();
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

    it("is deleted when the organization forbids storage or keeps nothing", async () => {
      for (const forbid of ["storage", "retention"] as const) {
        const ada = await owner();
        await setPlan(ada.orgId);
        const before = await bytesOfAll();
        await store(scopeOf(ada.orgId), "one");
        expect(await bytesOfAll()).toBeGreaterThan(before);
        if (forbid === "storage") await updateStorage(db(), { ...ada, storage: "forbidden" });
        else await updateRetention(db(), { principal: ada, input: { retention_days: 0, archive_days: 0 } });
        expect(await bytesOfAll()).toBe(before);
        expect(await read(scopeOf(ada.orgId))).toBeUndefined();
      }
    });

    it("that was on its way when storage was forbidden does not stay", async () => {
      const ada = await owner();
      await updateStorage(db(), { ...ada, storage: "forbidden" });
      const before = await bytesOfAll();
      await store(scopeOf(ada.orgId), "late");
      expect(await bytesOfAll()).toBe(before);
      expect(await read(scopeOf(ada.orgId))).toBeUndefined();
    });

    describe("of an organization whose room is taken", () => {
      /** Room for three answers of about 4 KiB. */
      const room = { maxBytes: 16 * 1024 };
      const long = (text: string) => text.padEnd(4 * 1024, ".");
      const nth = (orgId: string, at: number) => scopeOf(orgId, { body: { at } });
      const found = async (orgId: string, count: number) => {
        const texts: (string | undefined)[] = [];
        for (let at = 0; at < count; at++) {
          const text = await read(nth(orgId, at));
          texts.push(typeof text === "string" ? text.replaceAll(".", "") : undefined);
        }
        return texts;
      };

      it("takes the place of those that expire first, and no other organization's", async () => {
        const [ada, eve] = [await owner(), await owner()];
        await store(nth(eve.orgId, 0), long("eve"), room);
        for (const [at, ttlSeconds] of [900, 300, 600, 500].entries())
          await store(nth(ada.orgId, at), long(String(at)), { ...room, ttlSeconds });
        expect(await found(ada.orgId, 4)).toEqual(["0", undefined, "2", "3"]);
        expect(await found(eve.orgId, 1)).toEqual(["eve"]);
      });

      it("that many write at once never takes more than there is", async () => {
        const { orgId } = await owner();
        await Promise.all(
          Array.from({ length: 12 }, (_, at) => store(nth(orgId, at), long(String(at)), room)),
        );
        expect((await found(orgId, 12)).filter((text) => text !== undefined)).toHaveLength(3);
        expect(await bytesOfAll()).toBeLessThan(16 * 1024 * 50);
      });

      it("is counted once, however often it is stored anew", async () => {
        const { orgId } = await owner();
        for (const at of [0, 1, 2]) await store(nth(orgId, at), long(String(at)), room);
        for (let again = 0; again < 5; again++) await store(nth(orgId, 1), long("1"), room);
        expect(await found(orgId, 3)).toEqual(["0", "1", "2"]);
      });

      it("is not stored if it fits no empty cache, and nothing goes for it", async () => {
        const { orgId } = await owner();
        await store(nth(orgId, 0), long("0"), room);
        await store(nth(orgId, 1), "1".repeat(20 * 1024), room);
        expect(await found(orgId, 2)).toEqual(["0", undefined]);
      });

      it("has room again after a purge", async () => {
        const ada = await owner();
        const before = await bytesOfAll();
        for (const at of [0, 1, 2]) await store(nth(ada.orgId, at), long(String(at)), room);
        expect(await bytesOfAll()).toBeGreaterThan(before + 12 * 1024);
        await purgeResponseCache(db(), { principal: ada });
        expect(await bytesOfAll()).toBe(before);
        for (const at of [0, 1, 2]) await store(nth(ada.orgId, at), long(String(at)), room);
        expect(await found(ada.orgId, 3)).toEqual(["0", "1", "2"]);
      });
    });

    it("is counted: looked for, found, stored and evicted", async () => {
      const { orgId } = await owner();
      const before = await counts();
      const small = { maxBytes: 6 * 1024 };
      await read(scopeOf(orgId));
      await store(scopeOf(orgId), "x".repeat(4 * 1024), small);
      await read(scopeOf(orgId));
      await store(scopeOf(orgId, { body: {} }), "x".repeat(4 * 1024), small);
      await store(scopeOf(orgId), "x".repeat(8 * 1024), small);
      const after = await counts();
      const grown = after.map((count, at) => count - (before[at] ?? 0));
      expect(grown).toEqual([1, 1, 2, 1, 1]);
    });

    it("above a megabyte is not stored", async () => {
      const { orgId } = await owner();
      await store(scopeOf(orgId), "x".repeat(1024 * 1024));
      expect(await read(scopeOf(orgId))).toBeUndefined();
    });
  });
}
