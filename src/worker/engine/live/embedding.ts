import { ProviderFailure } from "../failures/errors";
import type { EmbeddingAnswer, EmbeddingCall } from "../providers/live-protocol";
import { providerModules } from "../providers/registry";
import { simulateEmbedding } from "../providers/simulator/simulator-embedding";
import { countTokens } from "../providers/simulator/simulator-text";
import { encoded, openAiEmbeddings } from "../providers/wire/embeddings";
import { MAX_EMBEDDINGS_BYTES } from "../transport";
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
      maxBytes: MAX_EMBEDDINGS_BYTES,
      answer: (text) => protocol.answer(call, JSON.parse(text)),
      simulated: () =>
        simulatedEmbeddings(call, dimensions ?? model.embedding?.dimensions.default ?? LONGEST_BY_DEFAULT),
    };
  };
}

/** One vector a turn of the loop, so that thousands hold nobody up. */
function* simulatedEmbeddings(
  { upstreamModel, input, encodingFormat }: EmbeddingCall,
  dimensions: number,
): Generator<Buffer, undefined> {
  yield Buffer.from('{"object":"list","data":[');
  let tokens = 0;
  for (const [index, text] of input.entries()) {
    const [said, count] =
      typeof text === "string" ? [text, countTokens(text)] : [JSON.stringify(text), text.length];
    tokens += count;
    const embedding = encoded(simulateEmbedding(said, dimensions), encodingFormat);
    yield Buffer.from(
      `${index === 0 ? "" : ","}${JSON.stringify({ object: "embedding", index, embedding })}`,
    );
  }
  const usage = { prompt_tokens: tokens, total_tokens: tokens };
  yield Buffer.from(`],"model":${JSON.stringify(upstreamModel)},"usage":${JSON.stringify(usage)}}`);
  return undefined;
}
