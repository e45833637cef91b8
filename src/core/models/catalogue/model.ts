import type { Provider } from "../../../shared/providers";
import type { ReasoningEffort } from "../reasoning";
import type { Capabilities } from "../schemas";

/** Micro-dollars for a million tokens, in force from the start of the UTC day `from` until the next entry. */
export interface Price {
  from: string;
  input: number;
  cachedInput: number;
  output: number;
}

/** What one provider has on offer. */
export interface ProviderCatalogue {
  /** Prefixes by which routers and the provider's own lists mark its models, as in `openai/gpt-4o`. */
  prefixes: readonly string[];
  models: readonly CatalogueModel[];
}

/** One row of the catalogue. Prices only ever get entries appended: ledger rows name the entry they were billed by. */
export interface CatalogueModel {
  id: string;
  provider: Provider;
  displayName: string;
  /** The provider's own id of it. */
  upstreamModel: string;
  /** Dated names of this same model at this same price: who asks for one gets exactly that one. */
  snapshots?: readonly string[];
  /** Other names for it that clients send. */
  aliases?: readonly string[];
  /** Sent upstream where the provider lets a caller choose how long the model thinks and the caller chose nothing. */
  reasoningEffort?: "none" | "low";
  /** What a caller may choose; absent where the model does not think, or not by choice. */
  efforts?: readonly ReasoningEffort[];
  contextWindow: number;
  maxOutputTokens: number;
  capabilities: Capabilities;
  /** The most input tokens one image can cost, by its `detail`. */
  imageTokens: { low: number; high: number };
  prices: readonly [Price, ...Price[]];
  /** The UTC day from which `successor` answers for it. Set as soon as the provider names the day. */
  retirement?: { on: string; successor: string };
}

const dollar = 1_000_000;

/** Prices as providers print them: dollars for a million tokens. */
export function price(from: string, input: number, cachedInput: number, output: number): Price {
  const micros = (dollars: number) => Math.round(dollars * dollar);
  return { from, input: micros(input), cachedInput: micros(cachedInput), output: micros(output) };
}

const none: Capabilities = {
  vision: false,
  tools: false,
  json_object: false,
  json_schema: false,
  temperature: false,
  reasoning: false,
};

export function can(...features: (keyof Capabilities)[]): Capabilities {
  return { ...none, ...Object.fromEntries(features.map((feature) => [feature, true])) };
}
