import { type TokenUsage, toTokenUsage } from "@agathaai/core/models";

/** Tokens of one response; the limit keeps nonsense out of the ledger. */
const MOST_TOKENS = 1_000_000_000;

/** What decides a call's price and stands outside its usage object. */
export interface Served {
  /** As the answer says (`service_tier`). */
  serviceTier?: string | null | undefined;
  /** The request asked for the long cache lifetime: OpenAI reports one number of written tokens for either. */
  longCache?: boolean | undefined;
  regional?: boolean | undefined;
}

/**
 * `usage` of Chat Completions, as OpenAI and DeepSeek report it, in a whole answer or in a chunk. Undefined where there is
 * none, or where it does not count: nothing can be billed by that. By hand, as every stream passes here.
 */
export function chatUsage(usage: unknown, served: Served = {}): TokenUsage | undefined {
  if (!isRecord(usage)) return undefined;
  const input = detailsOf(usage.prompt_tokens_details);
  const output = detailsOf(usage.completion_tokens_details);
  return counted(served, {
    input: usage.prompt_tokens,
    output: usage.completion_tokens,
    // DeepSeek's own name for what its cache had.
    cached: input.cached_tokens ?? usage.prompt_cache_hit_tokens,
    written: input.cache_write_tokens,
    reasoning: output.reasoning_tokens,
    total: usage.total_tokens,
  });
}

/** `usage` of OpenAI's Responses API. */
export function responsesUsage(usage: unknown, served: Served = {}): TokenUsage | undefined {
  if (!isRecord(usage)) return undefined;
  const input = detailsOf(usage.input_tokens_details);
  return counted(served, {
    input: usage.input_tokens,
    output: usage.output_tokens,
    cached: input.cached_tokens,
    written: input.cache_write_tokens,
    reasoning: detailsOf(usage.output_tokens_details).reasoning_tokens,
    total: usage.total_tokens,
  });
}

/** `usage` of an embeddings answer: input alone. */
export function embeddingsUsage(usage: unknown, served: Served = {}): TokenUsage | undefined {
  if (!isRecord(usage)) return undefined;
  return counted(served, { input: usage.prompt_tokens, output: 0, total: usage.total_tokens });
}

/** Gemini's `usageMetadata`. It counts thinking and tool tokens separately; the other providers include them. */
export function geminiUsage(usage: unknown, served: Served = {}): TokenUsage | undefined {
  if (!isRecord(usage)) return undefined;
  const prompt = tokens(usage.promptTokenCount);
  const tools = tokens(usage.toolUsePromptTokenCount);
  const answer = tokens(usage.candidatesTokenCount);
  const thoughts = tokens(usage.thoughtsTokenCount);
  if (prompt === undefined || tools === undefined || answer === undefined || thoughts === undefined) {
    return undefined;
  }
  return counted(
    { ...served, serviceTier: served.serviceTier ?? tierName(usage.serviceTier) },
    {
      input: prompt + tools,
      output: answer + thoughts,
      cached: usage.cachedContentTokenCount,
      reasoning: thoughts,
      total: usage.totalTokenCount,
    },
  );
}

/** Whether an address is one of OpenAI's regional endpoints, whose answers cost an uplift on its newer models. */
export function isRegional(baseUrl: string): boolean {
  return /^[a-z]{2}\.api\.openai\.com$/.test(new URL(baseUrl).hostname);
}

interface RawCounts {
  input: unknown;
  output: unknown;
  cached?: unknown;
  written?: unknown;
  reasoning?: unknown;
  total?: unknown;
}

function counted({ longCache, serviceTier, regional }: Served, raw: RawCounts): TokenUsage | undefined {
  const cachedInputTokens = tokens(raw.cached);
  const written = tokens(raw.written);
  const reasoningTokens = tokens(raw.reasoning);
  const totalTokens = raw.total === undefined || raw.total === null ? null : tokens(raw.total);
  if (!isCount(raw.input) || !isCount(raw.output) || totalTokens === undefined) return undefined;
  if (cachedInputTokens === undefined || written === undefined || reasoningTokens === undefined)
    return undefined;
  return toTokenUsage({
    inputTokens: raw.input,
    outputTokens: raw.output,
    cachedInputTokens,
    cacheWriteTokens: longCache ? 0 : written,
    longCacheWriteTokens: longCache ? written : 0,
    reasoningTokens,
    totalTokens: totalTokens ?? undefined,
    serviceTier,
    regional,
  });
}

/** Zero for an absent field; undefined for a value that is no count. */
function tokens(value: unknown): number | undefined {
  if (value === undefined || value === null) return 0;
  return isCount(value) ? value : undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= MOST_TOKENS;
}

function tierName(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function detailsOf(value: unknown): Record<string, unknown> {
  return isRecord(value) ? value : {};
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
