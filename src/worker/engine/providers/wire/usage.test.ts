import { describe, expect, it } from "vitest";
import { chatUsage, embeddingsUsage, geminiUsage, isRegional, responsesUsage } from "./usage";

const chat = {
  prompt_tokens: 100,
  completion_tokens: 20,
  total_tokens: 120,
  prompt_tokens_details: { cached_tokens: 40, cache_write_tokens: 30 },
  completion_tokens_details: { reasoning_tokens: 5 },
};

describe("usage on the wire", () => {
  it("reads cache writes of Chat Completions, for the lifetime that the request asked for", () => {
    expect(chatUsage(chat, { serviceTier: "priority" })).toEqual({
      inputTokens: 100,
      cachedInputTokens: 40,
      cacheWriteTokens: 30,
      longCacheWriteTokens: 0,
      outputTokens: 20,
      reasoningTokens: 5,
      serviceTier: "priority",
      regional: false,
      defect: null,
    });
    expect(chatUsage(chat, { longCache: true })).toMatchObject({
      cacheWriteTokens: 0,
      longCacheWriteTokens: 30,
    });
  });

  it("comes to the same through the Responses API", () => {
    const responses = {
      input_tokens: 100,
      output_tokens: 20,
      total_tokens: 120,
      input_tokens_details: { cached_tokens: 40, cache_write_tokens: 30 },
      output_tokens_details: { reasoning_tokens: 5 },
    };
    expect(responsesUsage(responses)).toEqual(chatUsage(chat));
  });

  it("reads an embeddings answer, which has no output", () => {
    expect(embeddingsUsage({ prompt_tokens: 8, total_tokens: 8 })).toMatchObject({
      inputTokens: 8,
      outputTokens: 0,
      defect: null,
    });
  });

  it("counts what Gemini's tools added as input and its thoughts as output, and checks its total", () => {
    const usage = {
      promptTokenCount: 10,
      toolUsePromptTokenCount: 2,
      candidatesTokenCount: 5,
      thoughtsTokenCount: 7,
    };
    expect(geminiUsage({ ...usage, totalTokenCount: 24 })).toMatchObject({
      inputTokens: 12,
      outputTokens: 12,
      reasoningTokens: 7,
      defect: null,
    });
    expect(geminiUsage({ ...usage, totalTokenCount: 30 })?.defect).toBe("total");
  });

  it.each([
    undefined,
    null,
    "120",
    {},
    { ...chat, prompt_tokens: -1 },
    { ...chat, completion_tokens: 1.5 },
    { ...chat, completion_tokens: "20" },
    { ...chat, prompt_tokens_details: { cached_tokens: Number.NaN } },
    { ...chat, prompt_tokens: 1_000_000_001 },
  ])("is nothing to bill by where it does not count: %j", (usage) => {
    expect(chatUsage(usage)).toBeUndefined();
  });
});

describe("isRegional", () => {
  it("knows OpenAI's regional endpoints, for which it asks an uplift", () => {
    expect(isRegional("https://eu.api.openai.com/v1")).toBe(true);
    expect(isRegional("https://us.api.openai.com/v1")).toBe(true);
    expect(isRegional("https://api.openai.com/v1")).toBe(false);
    expect(isRegional("http://127.0.0.1:4010/v1")).toBe(false);
    expect(isRegional("https://eu.api.openai.com.evil.test/v1")).toBe(false);
  });
});
