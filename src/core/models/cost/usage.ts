/** How fast and at what price a provider serves a call. "flex" waits for spare capacity; the others jump the queue. */
export const serviceTiers = ["default", "flex", "priority", "ultrafast"] as const;
export type ServiceTier = (typeof serviceTiers)[number];

/** Why the provider's own numbers of one call cannot all be true, or cannot all be billed, or that there were none. */
const usageDefects = [
  "missing",
  "unreadable",
  "input_classes",
  "output_classes",
  "total",
  "unknown_tier",
  "tier_not_asked",
  "unpriced_tier",
  "cache_not_asked",
] as const;
export type UsageDefect = (typeof usageDefects)[number];

/** The provider's own counts of one call, in the same classes for every provider. */
export interface TokenUsage {
  /** All input, with what was read from a cache and what was written to one. */
  inputTokens: number;
  cachedInputTokens: number;
  /** Written to the provider's cache for its usual lifetime. */
  cacheWriteTokens: number;
  /** Written for the long lifetime (12 hours at OpenAI). No token is in two of the three. */
  longCacheWriteTokens: number;
  /** All output, with reasoning. */
  outputTokens: number;
  reasoningTokens: number;
  /** As served, which may be slower and cheaper than asked for. */
  serviceTier: ServiceTier;
  /** Processed in a region the customer's provider account is bound to, for which providers ask an uplift. */
  regional: boolean;
  /** The row is billed by what can be true, or by our own count, marked with this, and an alert fires. */
  defect: UsageDefect | null;
}

/** What a provider's answer says; a class it does not name is zero. Every number is a whole one, not below zero. */
export interface ReportedUsage {
  inputTokens: number;
  outputTokens: number;
  cachedInputTokens?: number | undefined;
  cacheWriteTokens?: number | undefined;
  longCacheWriteTokens?: number | undefined;
  reasoningTokens?: number | undefined;
  /** The provider's own sum, to check the classes by. */
  totalTokens?: number | undefined;
  /** The provider's word for the tier that served. */
  serviceTier?: string | null | undefined;
  regional?: boolean | undefined;
}

/**
 * The only conversion from a provider's counts to billable classes. Counts that contradict each other are reduced to values
 * that can be true, never above the provider's own totals, and marked.
 */
export function toTokenUsage(reported: ReportedUsage): TokenUsage {
  const { inputTokens, outputTokens } = reported;
  const cachedInputTokens = Math.min(reported.cachedInputTokens ?? 0, inputTokens);
  const cacheWriteTokens = Math.min(reported.cacheWriteTokens ?? 0, inputTokens - cachedInputTokens);
  const longCacheWriteTokens = Math.min(
    reported.longCacheWriteTokens ?? 0,
    inputTokens - cachedInputTokens - cacheWriteTokens,
  );
  const serviceTier = tierOf(reported.serviceTier);
  return {
    inputTokens,
    cachedInputTokens,
    cacheWriteTokens,
    longCacheWriteTokens,
    outputTokens,
    reasoningTokens: Math.min(reported.reasoningTokens ?? 0, outputTokens),
    serviceTier: serviceTier ?? "default",
    regional: reported.regional ?? false,
    defect: defectOf(reported, serviceTier),
  };
}

/** Of a call that is not billed. */
export const noUsage: TokenUsage = toTokenUsage({ inputTokens: 0, outputTokens: 0 });

/** Providers' words for their tiers. Old names stay: OpenAI's Fast mode was Priority processing until July 2026. */
const tierNames: Record<string, ServiceTier> = {
  default: "default",
  standard: "default",
  on_demand: "default",
  auto: "default",
  flex: "flex",
  priority: "priority",
  fast: "priority",
  ultrafast: "ultrafast",
};

/** Undefined for a word nobody here knows. */
export function tierOf(name: string | null | undefined): ServiceTier | undefined {
  if (name === null || name === undefined) return "default";
  const known = name.toLowerCase();
  return Object.hasOwn(tierNames, known) ? tierNames[known] : undefined;
}

function defectOf(reported: ReportedUsage, tier: ServiceTier | undefined): UsageDefect | null {
  const { inputTokens, outputTokens, totalTokens } = reported;
  const { cachedInputTokens = 0, cacheWriteTokens = 0, longCacheWriteTokens = 0 } = reported;
  if (cachedInputTokens + cacheWriteTokens + longCacheWriteTokens > inputTokens) return "input_classes";
  if ((reported.reasoningTokens ?? 0) > outputTokens) return "output_classes";
  if (totalTokens !== undefined && totalTokens !== inputTokens + outputTokens) return "total";
  return tier === undefined ? "unknown_tier" : null;
}

/**
 * Whether a request's `prompt_cache_options` ask for a dearer lifetime than the usual 30 minutes. A value nobody here
 * knows counts as one: a reservation is never too small.
 */
export function asksLongCache(options: unknown): boolean {
  if (typeof options !== "object" || options === null || !("ttl" in options)) return false;
  return options.ttl !== undefined && options.ttl !== null && options.ttl !== "30m";
}
