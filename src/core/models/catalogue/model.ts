import type { Provider } from "../../../shared/providers";
import type { ReasoningEffort } from "../reasoning";
import type { Capabilities } from "../schemas";
import type { Price } from "./price";

/** What one provider has on offer. */
export interface ProviderCatalogue {
  /** Prefixes by which routers and the provider's own lists mark its models, as in `openai/gpt-4o`. */
  prefixes: readonly string[];
  models: readonly CatalogueModel[];
}

/** One row of the catalogue. Prices only ever get entries appended: ledger rows name the entry they were billed by. */
export interface CatalogueModel {
  id: string;
  /** Absent is chat. */
  kind?: ModelKind;
  embedding?: EmbeddingLimits;
  provider: Provider;
  displayName: string;
  /** The provider's own id of it. */
  upstreamModel: string;
  /** Further upstream names under which its provider serves this same model at this same price. Absent: `upstreamModel` alone. */
  routing?: Routing;
  /** Dated names of this same model at this same price: who asks for one gets exactly that one. */
  snapshots?: readonly string[];
  /** Other names for it that clients send. */
  aliases?: readonly string[];
  /**
   * Sent upstream where the provider lets a caller choose how long the model thinks and the caller chose nothing. A
   * retired model's own is kept where its successor has it: who asks for a model that thinks gets one.
   */
  reasoningEffort?: "none" | "low" | "high";
  /** What a caller may choose; absent where the model does not think, or not by choice. */
  efforts?: readonly ReasoningEffort[];
  /** OpenAI's API that takes function tools, and shows thoughts, while this model thinks; absent where Chat Completions does. */
  toolsWhileThinking?: "responses";
  contextWindow: number;
  maxOutputTokens: number;
  capabilities: Capabilities;
  /** The most input tokens one image can cost, by its `detail`. */
  imageTokens: { low: number; high: number };
  prices: readonly [Price, ...Price[]];
  /**
   * The UTC day from which `successor` answers for it. Set as soon as the provider names the day.
   */
  retirement?: { on: string; successor: string };
}

/** Among which upstreams a call chooses, and how. The others are tried after the chosen one, in the order of choice. */
export interface Routing {
  /** In the order they stand here; drawn by weight; or the one that was fastest lately, those not known first. */
  choice: "ordered" | "weighted" | "least_latency";
  upstreams: readonly [Upstream, ...Upstream[]];
}

interface Upstream {
  upstreamModel: string;
  /** Calls it gets, beside the others' weights; 1 unless said. */
  weight?: number;
}

/** What a model makes. The two are never mixed: chat refuses an embedding model by name, and the reverse. */
export type ModelKind = "chat" | "embedding";

export interface EmbeddingLimits {
  /** How long its vectors are, and between which lengths a caller may choose. */
  dimensions: { default: number; min: number; max: number };
  maxInputTokens: number;
  /** The most texts of one request. */
  maxBatch: number;
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
