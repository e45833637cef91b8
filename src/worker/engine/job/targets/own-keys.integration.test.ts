import { randomUUID } from "node:crypto";
import { flushSends, getGeneration, getInferenceResult, submitInference } from "@agathaai/core/inference";
import { fromPublicId } from "@agathaai/core/platform";
import {
  addProviderKey,
  addProviderKeyInputSchema,
  deleteProviderKey,
  updateProviderKey,
} from "@agathaai/core/provider-keys";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { makeUser, principalOf } from "../../../../../infra/testing/make-user";
import { db, engineWith, ledger, queue, row, run, runAgain } from "../testing/jobs";
import { startKeyedOpenAi } from "../testing/keyed-openai";

type Owner = Awaited<ReturnType<typeof principalOf>>;

/** 1,000 tokens of input and 50 of output, at GPT-4o's list price. */
const LIST_PRICE = 1_000 * 2.5 + 50 * 10;

let openAi: Awaited<ReturnType<typeof startKeyedOpenAi>>;
let ada: Owner;
beforeAll(async () => {
  openAi = await startKeyedOpenAi();
});
afterAll(() => openAi.stop());
beforeEach(async () => {
  openAi.reset();
  ada = await principalOf((await makeUser({ verified: true })).claims);
});

async function own(apiKey: string, fallback = false): Promise<string> {
  const input = addProviderKeyInputSchema.parse({ provider: "openai", api_key: apiKey, fallback });
  const { id } = await addProviderKey(db, {
    principal: ada,
    input,
    test: async () => ({ verdict: "works" }),
  });
  ada = { ...ada, ownKeys: true };
  return fromPublicId("pky", id);
}

async function submit(): Promise<string> {
  const { accepted } = await submitInference(db, queue, {
    principal: { ...ada, environment: "live" },
    input: { model: "gpt-4o", max_tokens: 64, prompt: "Hello", environment: "live" },
    traceId: randomUUID(),
  });
  await flushSends();
  return fromPublicId("inf", accepted.id);
}

const engine = () => engineWith({ OPENAI_API_KEY: "sk-ours", OPENAI_BASE_URL: openAi.url });
const answer = (id: string) => run(id, { engine: engine() });
const held = async () => {
  const rows = await db.quotaCounter.findMany({ where: { orgId: ada.orgId } });
  return rows.map(({ reservedTokens, reservedMicros }) => reservedTokens + reservedMicros);
};
const resultOf = (requestId: string) =>
  getInferenceResult(db, { orgId: ada.orgId, environment: "all", requestId });
const view = (requestId: string) => getGeneration(db, { orgId: ada.orgId, environment: "all", requestId });

describe("a queued request of an organization with its own keys", () => {
  it("holds no money, is answered with them in their order, and is metered but not billed", async () => {
    await own("sk-own-canary1-1111");
    await own("sk-own-canary1-2222");
    openAi.answer("sk-own-canary1-1111", 402);
    const id = await submit();
    const { reservedMicros, reservedTokens } = await row(id);
    expect([reservedMicros, reservedTokens > 0n]).toEqual([0n, true]);
    expect(await answer(id)).toEqual({ action: "acknowledge" });
    expect(openAi.keys()).toEqual(["sk-own-canary1-1111", "sk-own-canary1-2222"]);
    expect(await ledger(id)).toMatchObject([
      {
        status: "completed",
        ownKey: true,
        costMicros: 0n,
        providerMicros: BigInt(LIST_PRICE),
        inputTokens: 1_000n,
        outputTokens: 50n,
      },
    ]);
    expect(await view(id)).toMatchObject({
      attempts: [
        { outcome: "auth", byok: true },
        { outcome: "completed", byok: true },
      ],
      receipt: { byok: true, provider_cost_micros: LIST_PRICE, reserved_micros: 0 },
    });
    for (const amount of await held()) expect(amount).toBe(0n);
    const stored = await db.$queryRaw`SELECT to_jsonb(r)::text AS r, to_jsonb(u)::text AS u
      FROM inference_requests r JOIN usage_ledger u ON u.request_id = r.id WHERE r.id = ${id}::uuid`;
    // The stand-in's answer quotes its key, so only what is encrypted may hold it.
    expect(JSON.stringify(stored)).not.toContain("canary1");
  });

  it.each([
    [401, "provider_key_refused", "failed"],
    [429, "provider_key_limited", "queued"],
  ])("never goes on with ours after %s, and says whose key it was", async (status, code, state) => {
    await own("sk-own-canary2-1111");
    openAi.answer("sk-own-canary2-1111", status);
    const id = await submit();
    await answer(id);
    expect(openAi.keys()).toEqual(["sk-own-canary2-1111"]);
    const { status: now, attemptLog, errorMessage } = await row(id);
    expect(now).toBe(state);
    expect(JSON.stringify(attemptLog)).toContain(code);
    expect(JSON.stringify([attemptLog, errorMessage])).not.toContain("canary2");
  });

  it("holds and bills the model's price where ours may follow and does", async () => {
    await own("sk-own-1111", true);
    openAi.answer("sk-own-1111", 401);
    const id = await submit();
    expect((await row(id)).reservedMicros).toBeGreaterThan(0n);
    await answer(id);
    expect(openAi.keys()).toEqual(["sk-own-1111", "sk-ours"]);
    expect(await ledger(id)).toMatchObject([
      { ownKey: false, costMicros: BigInt(LIST_PRICE), providerMicros: 0n },
    ]);
    for (const amount of await held()) expect(amount).toBe(0n);
  });

  it("is not answered with ours when its key was deleted after it was accepted: no money was held for that", async () => {
    const key = await own("sk-own-1111");
    const id = await submit();
    await deleteProviderKey(db, { principal: ada, id: key });
    expect(await answer(id)).toEqual({ action: "acknowledge" });
    expect(openAi.keys()).toEqual([]);
    const { error } = await resultOf(id);
    expect(error).toMatchObject({ code: "provider_key_refused" });
    expect(error?.message).toMatch(/removed after this request was accepted/);
    expect(await ledger(id)).toMatchObject([{ status: "failed", billable: false, costMicros: 0n }]);
    for (const amount of await held()) expect(amount).toBe(0n);
  });

  it("is not answered with ours where that was allowed only after it was accepted", async () => {
    const key = await own("sk-own-1111");
    const id = await submit();
    await updateProviderKey(db, { principal: ada, input: { id: key, fallback: true } });
    openAi.answer("sk-own-1111", 402);
    await answer(id);
    expect(openAi.keys()).toEqual(["sk-own-1111"]);
    expect(await ledger(id)).toMatchObject([{ status: "failed", ownKey: true, costMicros: 0n }]);
  });

  it("uses a key that was added after it was accepted, and gives back the money that was held", async () => {
    const id = await submit();
    expect((await row(id)).reservedMicros).toBeGreaterThan(0n);
    await own("sk-own-1111");
    await answer(id);
    expect(openAi.keys()).toEqual(["sk-own-1111"]);
    expect(await ledger(id)).toMatchObject([{ ownKey: true, costMicros: 0n }]);
    for (const amount of await held()) expect(amount).toBe(0n);
  });
});

describe("the receipt of a queued request", () => {
  it("shows the calls of all its attempts", async () => {
    openAi.answer("sk-ours", 503);
    const id = await submit();
    expect(await answer(id)).toMatchObject({ action: "retry" });
    openAi.answer("sk-ours", 200);
    await runAgain(id, { engine: engine() });
    expect((await view(id)).attempts.map(({ outcome }) => outcome)).toEqual(["overloaded", "completed"]);
  });

  it("goes back to the queue uncounted while every circuit is open", async () => {
    openAi.answer("sk-ours", 503);
    const shared = engine();
    for (let count = 0; count < 5; count++) await run(await submit(), { engine: shared });
    const id = await submit();
    const disposition = await run(id, { engine: shared });
    expect(disposition.action === "retry" && disposition.delayMs).toBeGreaterThanOrEqual(6_000);
    const { status, attempts, maxAttempts } = await row(id);
    expect({ status, left: maxAttempts - attempts }).toEqual({ status: "queued", left: 3 });
  });
});
