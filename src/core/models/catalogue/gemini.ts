import { can, type ProviderCatalogue } from "./model";
import { price } from "./price";

/** An image costs 1,120 tokens at the default resolution of Gemini 3 and at most twice that. */
const imageTokens = { low: 2_240, high: 2_240 };

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
      id: "gemini-3.5-flash-lite",
      provider: "gemini",
      displayName: "Gemini 3.5 Flash-Lite",
      upstreamModel: "gemini-3.5-flash-lite",
      contextWindow: 1_048_576,
      maxOutputTokens: 65_536,
      capabilities: can("vision", "tools", "json_object", "json_schema", "temperature", "reasoning"),
      imageTokens,
      prices: [price("2026-07-21", 0.3, 0.03, 2.5)],
    },
    {
      id: "gemini-3.8-flash",
      provider: "gemini",
      displayName: "Gemini 3.8 Flash",
      upstreamModel: "gemini-3.8-flash",
      reasoningEffort: "low",
      efforts: ["low", "medium", "high"],
      contextWindow: 1_048_576,
      maxOutputTokens: 65_536,
      capabilities: can("vision", "tools", "json_object", "json_schema", "temperature", "reasoning"),
      imageTokens,
      prices: [price("2026-09-02", 0.75, 0.075, 3.75), price("2027-01-01", 1.5, 0.15, 7.5)],
    },
    {
      id: "gemini-4-argon",
      provider: "gemini",
      displayName: "Gemini 4 Argon",
      upstreamModel: "gemini-4-argon",
      reasoningEffort: "low",
      efforts: ["low", "medium", "high"],
      contextWindow: 1_048_576,
      maxOutputTokens: 65_536,
      capabilities: can("vision", "tools", "json_object", "json_schema", "temperature", "reasoning"),
      imageTokens,
      prices: [price("2026-10-14", 2, 0.1, 10), price("2026-12-01", 4, 0.2, 20)],
    },
  ],
};
