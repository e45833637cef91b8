import { billUsage, findModel, listModels } from "@agathaai/core/models";
import { chatUsage, responsesUsage } from "@agathaai/worker/engine/providers/wire/usage";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { keyPrincipal } from "../../../../infra/testing/key-principal";
import { readChatInput } from "./chat-input";
import { prepareChat } from "./prepare-chat";

/**
 * What a request says of OpenAI's prompt cache decides what is held for it and what its writes are billed at. OpenAI has two
 * fields: `prompt_cache_options.ttl` (GPT-5.6 and later), whose longer lifetime costs 2.5 × input instead of 1.25 ×, and the
 * older `prompt_cache_retention`, both of whose values cost the same.
 */

const at = new Date("2026-11-28T00:00:00Z");
const principal = keyPrincipal();
const models = listModels()
  .data.filter(({ provider, kind, deprecated }) => provider === "openai" && kind === "chat" && !deprecated)
  .map(({ id }) => id);

function prepare(body: object) {
  const given = readChatInput({ messages: [{ role: "user", content: "Which stone has bands?" }], ...body });
  return prepareChat(given, { principal, headers: { fallback: true, maxCostMicros: undefined }, at });
}

const ttl = fc.constantFrom<unknown>(undefined, null, "30m", "12h", "1h", "24h", "", 43_200, {});
const caching = fc.record(
  {
    prompt_cache_options: fc.record(
      { ttl, mode: fc.constantFrom("implicit", "explicit") },
      { requiredKeys: [] },
    ),
    prompt_cache_retention: fc.constantFrom("in_memory", "24h"),
    prompt_cache_key: fc.constant("k"),
  },
  { requiredKeys: [] },
);

describe("what is held for a call that caches", () => {
  it("is never less than what any answer to it is billed, whichever field asks for which lifetime", () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const said = fc.record({
      input: share,
      cached: share,
      written: share,
      output: share,
      reasoning: share,
      tier: fc.constantFrom("default", "flex", "priority", "ultrafast", undefined),
      regional: fc.boolean(),
    });
    fc.assert(
      fc.property(
        fc.constantFrom(...models),
        caching,
        fc.record(
          {
            service_tier: fc.constantFrom("auto", "default"),
            max_completion_tokens: fc.integer({ min: 16, max: 4_000 }),
          },
          { requiredKeys: [] },
        ),
        said,
        (model, cache, more, part) => {
          const prepared = prepare({ model, ...cache, ...more });
          const [{ model: served, maxOutputTokens }] = prepared.targets;
          // The most that the reservation rests on, and any part of it.
          const input = Math.floor(part.input * (prepared.tokens - maxOutputTokens));
          const cached = Math.floor(part.cached * input);
          const written = Math.floor(part.written * (input - cached));
          const output = Math.floor(part.output * maxOutputTokens);
          const reasoning = Math.floor(part.reasoning * output);
          const served2 = {
            longCache: prepared.asked.longCache === true,
            regional: part.regional,
            serviceTier: part.tier,
          };
          const asChat = chatUsage(
            {
              prompt_tokens: input,
              completion_tokens: output,
              total_tokens: input + output,
              prompt_tokens_details: { cached_tokens: cached, cache_write_tokens: written },
              completion_tokens_details: { reasoning_tokens: reasoning },
            },
            served2,
          );
          const asResponse = responsesUsage(
            {
              input_tokens: input,
              output_tokens: output,
              total_tokens: input + output,
              input_tokens_details: { cached_tokens: cached, cache_write_tokens: written },
              output_tokens_details: { reasoning_tokens: reasoning },
            },
            served2,
          );
          expect(asResponse).toEqual(asChat);
          if (asChat === undefined) throw new Error("not counted");
          const billed = billUsage(served.priceVersion, asChat, prepared.asked);
          expect(billed.costMicros).toBeLessThanOrEqual(prepared.costMicros);
          expect(input + output).toBeLessThanOrEqual(prepared.tokens);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it.each<[string, object, bigint]>([
    ["no field", {}, 2_500n],
    ["the usual lifetime by name", { prompt_cache_options: { ttl: "30m" } }, 2_500n],
    ["a mode alone", { prompt_cache_options: { mode: "explicit" } }, 2_500n],
    ["the longer lifetime", { prompt_cache_options: { ttl: "12h" } }, 5_000n],
    [
      "a lifetime that nobody here knows, held and billed as the longer one",
      { prompt_cache_options: { ttl: "7d" } },
      5_000n,
    ],
    ["the older field, whose values cost the same", { prompt_cache_retention: "24h" }, 2_500n],
  ])("and its writes are billed by what it asked for: %s", (_name, body, cost) => {
    const { asked } = prepare({ model: "gpt-6.2-sol", ...body });
    const usage = chatUsage(
      {
        prompt_tokens: 1_000,
        completion_tokens: 0,
        total_tokens: 1_000,
        prompt_tokens_details: { cache_write_tokens: 1_000 },
      },
      { longCache: asked.longCache === true },
    );
    if (usage === undefined) throw new Error("not counted");
    const { priceVersion } = findModel("gpt-6.2-sol", at);
    expect(billUsage(priceVersion, usage, asked).costMicros).toBe(cost);
  });

  it("and costs what fresh input does on the models before GPT-5.6, however long it is kept", () => {
    const { asked } = prepare({ model: "gpt-4o", prompt_cache_options: { ttl: "12h" } });
    const written = {
      prompt_tokens: 1_000,
      completion_tokens: 0,
      prompt_tokens_details: { cache_write_tokens: 1_000 },
    };
    const usage = chatUsage(written, { longCache: asked.longCache === true });
    if (usage === undefined) throw new Error("not counted");
    expect(billUsage("gpt-4o@2024-08-06", usage, asked).costMicros).toBe(2_500n);
  });
});
