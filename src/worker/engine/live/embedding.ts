import { ProviderFailure } from "../failures/errors";
import type { EmbeddingAnswer, EmbeddingCall } from "../providers/live-protocol";
import { providerModules } from "../providers/registry";
import { simulateEmbedding } from "../providers/simulator/simulator-embedding";
import { countTokens } from "../providers/simulator/simulator-text";
import { openAiEmbeddings } from "../providers/wire/embeddings";
import type { ExchangeWith } from "./exchange";
import type { Target } from "./generation";

/** A request for vectors, with the caller waiting. */
export interface Embedding {
  /** In order of preference; vectors of different models do not mix, so there is seldom more than one. */
  targets: readonly [Target, ...Target[]];
  /** The organization that asks. */
  caller?: string | undefined;
  input: readonly (string | readonly number[])[];
  dimensions?: number | undefined;
  encodingFormat: "float" | "base64";
  /** Sent to OpenAI, and to nobody else. */
  user?: string | undefined;
  /** The model's public name, for the answer. */
  model: string;
}

const LONGEST_BY_DEFAULT = 1_536;

export function embeddingExchange(embedding: Embedding): ExchangeWith<EmbeddingAnswer> {
  const { input, dimensions, encodingFormat, user, model: name } = embedding;
  return ({ provider, model, extras = {} }, { regional, apiKey }) => {
    const { upstreamModel } = model;
    const call: EmbeddingCall = {
      upstreamModel,
      input,
      dimensions,
      encodingFormat,
      user,
      extras,
      model: name,
      regional,
    };
    const protocol = provider === "simulator" ? openAiEmbeddings : providerModules[provider].embeddings;
    if (protocol === undefined) throw new ProviderFailure("rejected", { provider, detail: "no embeddings" });
    return {
      request: () => protocol.request(call, apiKey),
      answer: (text) => protocol.answer(call, JSON.parse(text)),
      simulated: () =>
        simulatedEmbeddings(call, dimensions ?? model.embedding?.dimensions.default ?? LONGEST_BY_DEFAULT),
    };
  };
}

function* simulatedEmbeddings(
  { upstreamModel, input }: EmbeddingCall,
  dimensions: number,
): Generator<Buffer, undefined> {
  const texts = input.map((text) => (typeof text === "string" ? text : JSON.stringify(text)));
  const data = texts.map((text, index) => ({
    object: "embedding",
    index,
    embedding: simulateEmbedding(text, dimensions),
  }));
  const tokens = input.reduce(
    (sum, text) => sum + (typeof text === "string" ? countTokens(text) : text.length),
    0,
  );
  const usage = { prompt_tokens: tokens, total_tokens: tokens };
  yield Buffer.from(JSON.stringify({ object: "list", data, model: upstreamModel, usage }));
  return undefined;
}
