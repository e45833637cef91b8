import { can, type ProviderCatalogue } from "./model";
import { deepseekPeak } from "./peak-hours";
import { price } from "./price";

/** DeepSeek has asked half of its prices outside its peak hours since 2026-08-23. */
const offPeak = { percent: 50, peak: deepseekPeak };

/**
 * V4 models think unless told not to, with effort `high` unless told another; only `low`, `high` and `max` differ
 * (api-docs.deepseek.com/guides/thinking_mode, read 28 November 2026). They are told not to unless a caller asks: thoughts
 * are billed as output. Its older names for the two ways were deepseek-reasoner and deepseek-chat.
 */
const thinkingIfAsked = {
  reasoningEffort: "none",
  efforts: ["none", "minimal", "low", "medium", "high", "xhigh", "max"],
} as const;

/**
 * Source: api-docs.deepseek.com/quick_start/pricing, read 26 November 2026, which also bills deepseek-v4-flash as
 * deepseek-flash.
 */
export const deepseekCatalogue: ProviderCatalogue = {
  prefixes: ["deepseek/"],
  models: [
    {
      id: "deepseek-chat",
      provider: "deepseek",
      displayName: "DeepSeek Chat",
      upstreamModel: "deepseek-chat",
      contextWindow: 128_000,
      maxOutputTokens: 8_192,
      capabilities: can("tools", "json_object", "temperature"),
      imageTokens: { low: 0, high: 0 },
      prices: [price("2025-09-29", 0.28, 0.028, 0.42)],
      retirement: { on: "2026-07-24", successor: "deepseek-flash" },
    },
    {
      id: "deepseek-reasoner",
      provider: "deepseek",
      displayName: "DeepSeek Reasoner",
      upstreamModel: "deepseek-reasoner",
      contextWindow: 128_000,
      maxOutputTokens: 65_536,
      capabilities: can("tools", "json_object"),
      imageTokens: { low: 0, high: 0 },
      prices: [price("2025-09-29", 0.28, 0.028, 0.42)],
      reasoningEffort: "high",
      retirement: { on: "2026-07-24", successor: "deepseek-flash" },
    },
    {
      id: "deepseek-coder",
      provider: "deepseek",
      displayName: "DeepSeek Coder",
      upstreamModel: "deepseek-coder",
      contextWindow: 128_000,
      maxOutputTokens: 8_192,
      capabilities: can("tools", "json_object", "temperature"),
      imageTokens: { low: 0, high: 0 },
      prices: [price("2024-09-05", 0.14, 0.014, 0.28)],
      retirement: { on: "2024-12-26", successor: "deepseek-flash" },
    },
    {
      id: "deepseek-flash",
      provider: "deepseek",
      displayName: "DeepSeek V4.1 Flash",
      upstreamModel: "deepseek-flash",
      aliases: ["deepseek-v4-flash"],
      ...thinkingIfAsked,
      contextWindow: 1_000_000,
      maxOutputTokens: 384_000,
      capabilities: can("vision", "tools", "json_object", "temperature"),
      imageTokens: { low: 4_096, high: 4_096 },
      prices: [price("2026-09-10", 0.3, 0.006, 1.2, { offPeak })],
    },
    {
      id: "deepseek-v4-pro",
      provider: "deepseek",
      displayName: "DeepSeek V4 Pro",
      upstreamModel: "deepseek-v4-pro",
      ...thinkingIfAsked,
      contextWindow: 1_000_000,
      maxOutputTokens: 384_000,
      capabilities: can("tools", "json_object", "temperature"),
      imageTokens: { low: 0, high: 0 },
      prices: [price("2026-08-16", 1.32, 0.044, 3.96, { offPeak })],
    },
  ],
};
