import { can, type ProviderCatalogue } from "./model";
import { price } from "./price";

/** An image costs 1,120 tokens at the default resolution of Gemini 3 and at most twice that. */
const imageTokens = { low: 2_240, high: 2_240 };

/** The flash models since 3.5 and Argon: what they take alike. */
const gemini3 = {
  contextWindow: 1_048_576,
  maxOutputTokens: 65_536,
  capabilities: can("vision", "tools", "json_object", "json_schema", "temperature", "reasoning"),
  imageTokens,
};

const thinking = { ...gemini3, reasoningEffort: "low", efforts: ["low", "medium", "high"] } as const;

/**
 * Google's Flex and Priority tiers are not sold: only the default one is asked for. Audio and video input are dearer than
 * text where they are taken at all, and are not offered. Source: ai.google.dev/gemini-api/docs/pricing.
 */
export const geminiCatalogue: ProviderCatalogue = {
  prefixes: ["models/", "google/", "gemini/"],
  models: [
    {
      id: "gemini-pro",
      provider: "gemini",
      displayName: "Gemini Pro",
      upstreamModel: "gemini-pro",
      aliases: ["gemini-1.0-pro", "gemini-1.0-pro-001", "gemini-1.0-pro-002"],
      contextWindow: 32_760,
      maxOutputTokens: 8_192,
      capabilities: can("tools", "json_object", "temperature"),
      imageTokens: { low: 0, high: 0 },
      prices: [price("2024-02-15", 0.5, 0.5, 1.5)],
      retirement: { on: "2025-02-15", successor: "gemini-3.5-flash-lite" },
    },
    {
      id: "gemini-1.5-pro",
      provider: "gemini",
      displayName: "Gemini 1.5 Pro",
      upstreamModel: "gemini-1.5-pro",
      aliases: ["gemini-1.5-pro-001", "gemini-1.5-pro-002", "gemini-1.5-pro-latest"],
      contextWindow: 2_097_152,
      maxOutputTokens: 8_192,
      capabilities: can("vision", "tools", "json_object", "json_schema", "temperature"),
      imageTokens,
      prices: [price("2024-10-01", 1.25, 0.3125, 5)],
      retirement: { on: "2025-09-24", successor: "gemini-3.8-flash" },
    },
    {
      id: "gemini-2.5-pro",
      provider: "gemini",
      displayName: "Gemini 2.5 Pro",
      upstreamModel: "gemini-2.5-pro",
      contextWindow: 1_048_576,
      maxOutputTokens: 65_536,
      capabilities: can("vision", "tools", "json_object", "json_schema", "temperature", "reasoning"),
      imageTokens,
      prices: [price("2025-06-17", 1.25, 0.125, 10, { long: { above: 200_000, input: 2, output: 1.5 } })],
      // From that day Google itself answers with these, at their prices (ai.google.dev/gemini-api/docs/deprecations).
      retirement: { on: "2026-12-01", successor: "gemini-3.8-flash" },
    },
    {
      id: "gemini-2.5-flash",
      provider: "gemini",
      displayName: "Gemini 2.5 Flash",
      upstreamModel: "gemini-2.5-flash",
      contextWindow: 1_048_576,
      maxOutputTokens: 65_536,
      capabilities: can("vision", "tools", "json_object", "json_schema", "temperature", "reasoning"),
      imageTokens,
      prices: [price("2025-06-17", 0.3, 0.03, 2.5)],
      retirement: { on: "2026-12-01", successor: "gemini-3.5-flash-lite" },
    },
    {
      id: "gemini-3.1-flash-lite",
      provider: "gemini",
      displayName: "Gemini 3.1 Flash-Lite",
      upstreamModel: "gemini-3.1-flash-lite",
      ...gemini3,
      prices: [price("2026-05-07", 0.25, 0.025, 1.5)],
      retirement: { on: "2027-05-07", successor: "gemini-3.5-flash-lite" },
    },
    {
      id: "gemini-3.5-flash-lite",
      provider: "gemini",
      displayName: "Gemini 3.5 Flash-Lite",
      upstreamModel: "gemini-3.5-flash-lite",
      ...gemini3,
      prices: [price("2026-07-21", 0.3, 0.03, 2.5)],
    },
    {
      id: "gemini-3.5-flash",
      provider: "gemini",
      displayName: "Gemini 3.5 Flash",
      upstreamModel: "gemini-3.5-flash",
      ...thinking,
      prices: [price("2026-05-19", 1.5, 0.15, 9)],
    },
    {
      id: "gemini-3.6-flash",
      provider: "gemini",
      displayName: "Gemini 3.6 Flash",
      upstreamModel: "gemini-3.6-flash",
      ...thinking,
      // 1.50 at its launch in July; on which day the lower price to the end of the year began was not found.
      prices: [price("2026-09-02", 0.75, 0.075, 3.75), price("2027-01-01", 1.5, 0.15, 7.5)],
    },
    {
      id: "gemini-3.7-flash",
      provider: "gemini",
      displayName: "Gemini 3.7 Flash",
      upstreamModel: "gemini-3.7-flash",
      ...thinking,
      prices: [price("2026-09-02", 0.75, 0.075, 3.75), price("2027-01-01", 1.5, 0.15, 7.5)],
    },
    {
      id: "gemini-3.8-flash",
      provider: "gemini",
      displayName: "Gemini 3.8 Flash",
      upstreamModel: "gemini-3.8-flash",
      ...thinking,
      prices: [price("2026-09-02", 0.75, 0.075, 3.75), price("2027-01-01", 1.5, 0.15, 7.5)],
    },
    {
      id: "gemini-4-argon",
      provider: "gemini",
      displayName: "Gemini 4 Argon",
      upstreamModel: "gemini-4-argon",
      ...thinking,
      prices: [price("2026-10-14", 2, 0.1, 10), price("2026-12-01", 4, 0.2, 20)],
    },
    {
      id: "gemini-embedding-001",
      kind: "embedding",
      provider: "gemini",
      displayName: "Gemini Embedding 001",
      upstreamModel: "gemini-embedding-001",
      embedding: {
        dimensions: { default: 3_072, min: 128, max: 3_072 },
        maxInputTokens: 2_048,
        maxBatch: 100,
      },
      contextWindow: 2_048,
      maxOutputTokens: 0,
      capabilities: can(),
      imageTokens: { low: 0, high: 0 },
      prices: [price("2025-07-14", 0.15, 0.15, 0)],
    },
    {
      id: "gemini-embedding-2",
      kind: "embedding",
      provider: "gemini",
      displayName: "Gemini Embedding 2",
      upstreamModel: "gemini-embedding-2",
      // Text alone: its images, audio and video have prices of their own and are not taken.
      embedding: {
        dimensions: { default: 3_072, min: 128, max: 3_072 },
        maxInputTokens: 8_192,
        maxBatch: 100,
      },
      contextWindow: 8_192,
      maxOutputTokens: 0,
      capabilities: can(),
      imageTokens: { low: 0, high: 0 },
      prices: [price("2026-03-10", 0.2, 0.2, 0)],
    },
  ],
};
