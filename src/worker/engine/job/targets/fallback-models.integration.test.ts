import { randomUUID } from "node:crypto";
import { flushSends, getGeneration, type InferenceInput, submitInference } from "@agathaai/core/inference";
import { findModel } from "@agathaai/core/models";
import { fromPublicId } from "@agathaai/core/platform";
import { addProviderKey, addProviderKeyInputSchema } from "@agathaai/core/provider-keys";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { makeUser, principalOf } from "../../../../../infra/testing/make-user";
import { db, engineWith, ledger, queue, row, run, runAgain } from "../testing/jobs";
import { startKeyedOpenAi } from "../testing/keyed-openai";

let openAi: Awaited<ReturnType<typeof startKeyedOpenAi>>;
let ada: Awaited<ReturnType<typeof principalOf>>;
beforeAll(async () => {
  openAi = await startKeyedOpenAi();
});
afterAll(() => openAi.stop());
beforeEach(async () => {
  openAi.reset();
  ada = await principalOf((await makeUser({ verified: true })).claims);
});

const [asked, cheap, dear] = ["gpt-4o", "gpt-6-luna", "gpt-6.2-astra"] as const;

async function submit(more: Partial<InferenceInput> = {}): Promise<string> {
  const { accepted } = await submitInference(db, queue, {
    principal: { ...ada, environment: "live" },
    input: { model: asked, max_tokens: 64, prompt: "Hello", environment: "live", ...more },
    traceId: randomUUID(),
  });
  await flushSends();
  return fromPublicId("inf", accepted.id);
}

/** A new engine without recorded failures; DeepSeek speaks the same protocol, at the same stand-in. */
const engine = () =>
  engineWith({
    OPENAI_API_KEY: "sk-ours",
    OPENAI_BASE_URL: openAi.url,
    DEEPSEEK_API_KEY: "sk-deep",
    DEEPSEEK_BASE_URL: openAi.url,
  });
const answer = (id: string) => run(id, { engine: engine() });
const view = (requestId: string) => getGeneration(db, { orgId: ada.orgId, environment: "all", requestId });
const priceOf = (model: string) => findModel(model, new Date());

describe("a queued request that names other models", () => {
  it("is answered by the model asked for where that works, and nobody else is called", async () => {
    const id = await submit({ models: [cheap] });
    expect(await answer(id)).toEqual({ action: "acknowledge" });
    expect(openAi.models()).toEqual([priceOf(asked).upstreamModel]);
    expect(await view(id)).toMatchObject({
      model: asked,
      attempts: [{ model: asked, outcome: "completed" }],
    });
  });

  it("is answered and billed by the first of them that works, within one attempt, and the receipt says so", async () => {
    openAi.answer(priceOf(asked).upstreamModel, 503);
    openAi.answer(priceOf(cheap).upstreamModel, 500);
    const id = await submit({ models: [cheap, "deepseek-chat"] });
    expect(await answer(id)).toEqual({ action: "acknowledge" });
    const served = priceOf("deepseek-chat");
    expect(await ledger(id)).toMatchObject([
      { model: asked, provider: "deepseek", priceVersion: served.priceVersion, status: "completed" },
    ]);
    const receipt = await view(id);
    expect(receipt).toMatchObject({
      model: asked,
      provider: "deepseek",
      served_by: served.upstreamModel,
      attempts: [
        { model: asked, provider: "openai", outcome: "overloaded" },
        { model: cheap, provider: "openai", outcome: "server" },
        { model: served.id, provider: "deepseek", outcome: "completed" },
      ],
      receipt: { price_version: served.priceVersion },
    });
    const { input_price_per_million_micros: input, output_price_per_million_micros: output } =
      receipt.receipt;
    expect(receipt.cost_micros).toBe(Math.round((1_000 * input + 50 * output) / 1_000_000));
    expect(receipt.receipt.reserved_micros).toBeGreaterThanOrEqual(receipt.cost_micros);
  });

  it("holds the most that any of them can take, and gives all back when it ends", async () => {
    const alone = [];
    for (const model of [asked, dear, cheap]) alone.push(await row(await submit({ model })));
    const all = await row(await submit({ models: [dear, cheap] }));
    const most = (amounts: bigint[]) => amounts.reduce((a, b) => (a > b ? a : b));
    expect(all.reservedMicros).toBe(most(alone.map(({ reservedMicros }) => reservedMicros)));
    expect(all.reservedTokens).toBe(most(alone.map(({ reservedTokens }) => reservedTokens)));
    expect(all.reservedMicros).toBeGreaterThan(alone[0]?.reservedMicros ?? 0n);
    openAi.answer(priceOf(asked).upstreamModel, 503);
    for (const { id } of [...alone, all]) {
      let disposition = await runAgain(id, { engine: engine() });
      while (disposition.action === "retry") disposition = await runAgain(id, { engine: engine() });
    }
    // This process gives the rest of its budget lease back when it is idle.
    const held = async () =>
      (await db.quotaCounter.findMany({ where: { orgId: ada.orgId } })).reduce(
        (sum, { reservedMicros, reservedTokens }) => sum + reservedMicros + reservedTokens,
        0n,
      );
    await expect.poll(held, { timeout: 15_000 }).toBe(0n);
  });

  it("is tried again by the queue when none of them works, each time from the first", async () => {
    for (const model of [asked, cheap]) openAi.answer(priceOf(model).upstreamModel, 503);
    const id = await submit({ models: [cheap] });
    expect(await answer(id)).toMatchObject({ action: "retry" });
    openAi.answer(priceOf(asked).upstreamModel, 200);
    expect(await runAgain(id, { engine: engine() })).toEqual({ action: "acknowledge" });
    expect(openAi.models()).toEqual([asked, cheap, asked].map((model) => priceOf(model).upstreamModel));
    expect(await ledger(id)).toMatchObject([{ priceVersion: priceOf(asked).priceVersion }]);
  });

  it.each<[string, Partial<InferenceInput>, string]>([
    ["that do not exist", { models: [cheap, "no-such-model"] }, "models[1]"],
    ["that cannot do what is asked", { models: ["gpt-3.5-turbo"], ...image() }, "messages[0].content[0]"],
    ["that embed and do not chat", { models: ["text-embedding-3-small"] }, "model"],
  ])("is refused by name for others %s", async (_what, more, param) => {
    await expect(submit(more)).rejects.toMatchObject({ param });
  });

  it("holds our fee alone only where its own keys are the only ones that may answer any of them", async () => {
    const input = (provider: "openai" | "deepseek") =>
      addProviderKeyInputSchema.parse({ provider, api_key: `sk-own-${provider}-0001`, fallback: false });
    const add = (provider: "openai" | "deepseek") =>
      addProviderKey(db, {
        principal: ada,
        input: input(provider),
        test: async () => ({ verdict: "works" }),
      });
    await add("openai");
    ada = { ...ada, ownKeys: true };
    const mixed = await row(await submit({ models: ["deepseek-chat"] }));
    expect(mixed).toMatchObject({ ownKeyOnly: false });
    expect(mixed.reservedMicros).toBeGreaterThan(0n);
    await add("deepseek");
    const own = await row(await submit({ models: ["deepseek-chat"] }));
    expect(own).toMatchObject({ ownKeyOnly: true, reservedMicros: 0n });
    openAi.answer(priceOf(asked).upstreamModel, 503);
    expect(await answer(own.id)).toEqual({ action: "acknowledge" });
    expect(openAi.keys().slice(-1)).toEqual(["sk-own-deepseek-0001"]);
    expect(await ledger(own.id)).toMatchObject([{ ownKey: true, provider: "deepseek", costMicros: 0n }]);
  });
});

function image(): Partial<InferenceInput> {
  const url = "https://example.com/agate.png";
  return {
    prompt: undefined,
    messages: [{ role: "user", content: [{ type: "image_url", image_url: { url } }] }],
  };
}
