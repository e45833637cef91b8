import { z } from "zod";

export const reasoningEfforts = ["none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;
export const reasoningEffortSchema = z.enum(reasoningEfforts);
export type ReasoningEffort = z.output<typeof reasoningEffortSchema>;

/**
 * Output tokens set aside for thinking beside the answer, by effort: providers count both against one limit, and an answer
 * that gets none of it is billed for nothing. Short efforts seldom think longer; where one does, the limit still holds.
 */
const thinkingTokens: Record<ReasoningEffort, number> = {
  none: 0,
  minimal: 1_024,
  low: 1_024,
  medium: 8_192,
  high: 24_576,
  xhigh: 32_768,
  max: 32_768,
};

export function thinkingBudget(effort: ReasoningEffort | undefined): number {
  return effort === undefined ? 0 : thinkingTokens[effort];
}

/**
 * The highest of `low`, `medium` and `high` whose thinking fits a budget of tokens, and `low` for a smaller one. Every model that offers
 * a choice has these three.
 */
export function effortOfBudget(tokens: number): ReasoningEffort {
  if (tokens >= thinkingTokens.high) return "high";
  return tokens >= thinkingTokens.medium ? "medium" : "low";
}
