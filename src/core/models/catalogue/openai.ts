import { can, type ProviderCatalogue } from "./model";
import { price } from "./price";

/** Image bounds: tiles of 512 px (at most 8 after scaling) for the 4 family, patches for the later ones. */
const noImages = { low: 0, high: 0 };

/**
 * GPT-6 as its model pages print it (developers.openai.com/api/docs/models/gpt-6.2-sol, /gpt-6.1-terra, /gpt-6.1-sol,
 * read 26 November 2026): a cache write costs 1.25 × input, for 12 hours 2.5 ×; beyond 272,000 input tokens the whole
 * request costs 2 × its input and 1.5 × its output; Flex is half price, Fast (`priority`) twice; regional endpoints ask
 * 10% more. Luna's and 6 Sol's pages do not name the 12-hour price; it is taken to be the family's.
 */
function gpt6(
  from: string,
  input: number,
  cachedInput: number,
  output: number,
  tiers: { flex?: number; priority?: number; ultrafast?: number } = { flex: 0.5, priority: 2 },
) {
  return price(from, input, cachedInput, output, {
    cacheWrite: input * 1.25,
    longCacheWrite: input * 2.5,
    long: { above: 272_000, input: 2, output: 1.5 },
    tiers,
    regionalPercent: 110,
  });
}

/** All of GPT-6: 922,000 of it input at most, which OpenAI refuses to exceed. */
const gpt6Model = {
  contextWindow: 1_050_000,
  maxOutputTokens: 128_000,
  imageTokens: { low: 12_288, high: 12_288 },
  // Chat Completions refuses function tools with any effort but `none`, from GPT-5.4 on.
  toolsWhileThinking: "responses",
} as const;

/** GPT-6.1 Sol and later always think: they refuse effort `none` and sampling parameters. */
const alwaysThinking = {
  ...gpt6Model,
  reasoningEffort: "low",
  efforts: ["low", "medium", "high", "xhigh", "max"],
  capabilities: can("vision", "tools", "json_object", "json_schema", "reasoning"),
} as const;

/** Called with reasoning off unless the caller chooses; sampling parameters go with that alone. */
const thinkingIfAsked = {
  ...gpt6Model,
  reasoningEffort: "none",
  efforts: ["none", "low", "medium", "high", "xhigh", "max"],
  capabilities: can("vision", "tools", "json_object", "json_schema", "temperature"),
} as const;

/** Fast mode's own prices of the models before GPT-6 (developers.openai.com/api/docs/pricing, read 12 October 2026). */
const fast = (input: number, cachedInput: number, output: number) => ({
  tiers: { priority: [input, cachedInput, output] as const },
});

export const openaiCatalogue: ProviderCatalogue = {
  prefixes: ["openai/"],
  models: [
    {
      id: "gpt-4",
      provider: "openai",
      displayName: "GPT-4",
      upstreamModel: "gpt-4",
      snapshots: ["gpt-4-0613"],
      contextWindow: 8_192,
      maxOutputTokens: 8_192,
      capabilities: can("tools", "json_object", "temperature"),
      imageTokens: noImages,
      prices: [price("2023-06-13", 30, 30, 60)],
      retirement: { on: "2026-10-23", successor: "gpt-4.1" },
    },
    {
      id: "gpt-3.5-turbo",
      provider: "openai",
      displayName: "GPT-3.5 Turbo",
      upstreamModel: "gpt-3.5-turbo",
      snapshots: ["gpt-3.5-turbo-0125"],
      contextWindow: 16_385,
      maxOutputTokens: 4_096,
      capabilities: can("tools", "json_object", "temperature"),
      imageTokens: noImages,
      prices: [price("2024-01-25", 0.5, 0.5, 1.5)],
      retirement: { on: "2026-10-23", successor: "gpt-4o-mini" },
    },
    {
      id: "gpt-4o",
      provider: "openai",
      displayName: "GPT-4o",
      upstreamModel: "gpt-4o",
      snapshots: ["gpt-4o-2024-08-06", "gpt-4o-2024-11-20"],
      contextWindow: 128_000,
      maxOutputTokens: 16_384,
      capabilities: can("vision", "tools", "json_object", "json_schema", "temperature"),
      imageTokens: { low: 85, high: 1_445 },
      prices: [price("2024-08-06", 2.5, 1.25, 10, fast(4.25, 2.125, 17))],
      retirement: { on: "2027-01-14", successor: "gpt-6.1-terra" },
    },
    {
      id: "gpt-4o-mini",
      provider: "openai",
      displayName: "GPT-4o mini",
      upstreamModel: "gpt-4o-mini",
      snapshots: ["gpt-4o-mini-2024-07-18"],
      contextWindow: 128_000,
      maxOutputTokens: 16_384,
      capabilities: can("vision", "tools", "json_object", "json_schema", "temperature"),
      imageTokens: { low: 2_833, high: 48_169 },
      prices: [price("2024-07-18", 0.15, 0.075, 0.6, fast(0.25, 0.125, 1))],
      retirement: { on: "2027-01-14", successor: "gpt-6-luna" },
    },
    {
      id: "gpt-4.1",
      provider: "openai",
      displayName: "GPT-4.1",
      upstreamModel: "gpt-4.1",
      snapshots: ["gpt-4.1-2025-04-14"],
      contextWindow: 1_047_576,
      maxOutputTokens: 32_768,
      capabilities: can("vision", "tools", "json_object", "json_schema", "temperature"),
      imageTokens: { low: 85, high: 1_445 },
      prices: [price("2025-04-14", 2, 0.5, 8, fast(3.5, 0.875, 14))],
      retirement: { on: "2027-01-14", successor: "gpt-6.1-terra" },
    },
    {
      id: "gpt-4.1-mini",
      provider: "openai",
      displayName: "GPT-4.1 mini",
      upstreamModel: "gpt-4.1-mini",
      snapshots: ["gpt-4.1-mini-2025-04-14"],
      contextWindow: 1_047_576,
      maxOutputTokens: 32_768,
      capabilities: can("vision", "tools", "json_object", "json_schema", "temperature"),
      imageTokens: { low: 2_489, high: 2_489 },
      prices: [price("2025-04-14", 0.4, 0.1, 1.6, fast(0.7, 0.175, 2.8))],
      retirement: { on: "2027-01-14", successor: "gpt-6-luna" },
    },
    {
      id: "gpt-6-sol",
      provider: "openai",
      displayName: "GPT-6 Sol",
      upstreamModel: "gpt-6-sol",
      ...thinkingIfAsked,
      prices: [gpt6("2026-09-22", 2, 0.2, 10)],
    },
    {
      id: "gpt-6-luna",
      provider: "openai",
      displayName: "GPT-6 Luna",
      upstreamModel: "gpt-6-luna",
      ...thinkingIfAsked,
      prices: [gpt6("2026-09-22", 0.1, 0.01, 0.5)],
    },
    {
      id: "gpt-6.1-sol",
      provider: "openai",
      displayName: "GPT-6.1 Sol",
      upstreamModel: "gpt-6.1-sol",
      ...alwaysThinking,
      // Ultrafast is open to some accounts only and its price not on the page we could read: not sold.
      prices: [gpt6("2026-09-29", 2, 0.1, 10)],
    },
    {
      id: "gpt-6.1-terra",
      provider: "openai",
      displayName: "GPT-6.1 Terra",
      upstreamModel: "gpt-6.1-terra",
      ...thinkingIfAsked,
      prices: [gpt6("2026-10-26", 1, 0.05, 5)],
    },
    {
      id: "gpt-6.2-sol",
      provider: "openai",
      displayName: "GPT-6.2 Sol",
      upstreamModel: "gpt-6.2-sol",
      ...alwaysThinking,
      // Ultrafast: 3 × through 28 February 2027, 6 × from 1 March, says its model page.
      prices: [
        gpt6("2026-11-17", 2, 0.1, 10, { flex: 0.5, priority: 2, ultrafast: 3 }),
        gpt6("2027-03-01", 2, 0.1, 10, { flex: 0.5, priority: 2, ultrafast: 6 }),
      ],
    },
    {
      id: "gpt-6.2-astra",
      provider: "openai",
      displayName: "GPT-6.2 Astra",
      upstreamModel: "gpt-6.2-astra",
      ...alwaysThinking,
      // Its other tiers' prices were not found on a page of OpenAI's, so only the default tier is sold.
      prices: [gpt6("2026-11-17", 8, 0.4, 40, {})],
    },
    {
      id: "text-embedding-3-small",
      kind: "embedding",
      provider: "openai",
      displayName: "Text Embedding 3 Small",
      upstreamModel: "text-embedding-3-small",
      embedding: {
        dimensions: { default: 1_536, min: 1, max: 1_536 },
        maxInputTokens: 8_192,
        maxBatch: 2_048,
      },
      contextWindow: 8_192,
      maxOutputTokens: 0,
      capabilities: can(),
      imageTokens: noImages,
      prices: [price("2024-01-25", 0.02, 0.02, 0)],
    },
    {
      id: "text-embedding-3-large",
      kind: "embedding",
      provider: "openai",
      displayName: "Text Embedding 3 Large",
      upstreamModel: "text-embedding-3-large",
      embedding: {
        dimensions: { default: 3_072, min: 1, max: 3_072 },
        maxInputTokens: 8_192,
        maxBatch: 2_048,
      },
      contextWindow: 8_192,
      maxOutputTokens: 0,
      capabilities: can(),
      imageTokens: noImages,
      prices: [price("2024-01-25", 0.13, 0.13, 0)],
    },
  ],
};
