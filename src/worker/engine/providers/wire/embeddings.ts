import { z } from "zod";
import { ProviderFailure, type ProviderName } from "../../failures/errors";
import type { AnswerFacts, EmbeddingAnswer, EmbeddingCall, EmbeddingProtocol } from "../live-protocol";
import { present } from "../provider";
import { bought } from "./chat-completions";
import { embeddingsUsage } from "./usage";

const responseSchema = z.object({
  model: z.string().optional(),
  data: z.array(
    z.object({ index: z.int().min(0), embedding: z.union([z.array(z.number()).min(1), z.string().min(1)]) }),
  ),
  usage: z.looseObject({}).nullish(),
});

/** OpenAI's embeddings. */
export const openAiEmbeddings: EmbeddingProtocol = {
  request: ({ upstreamModel, input, dimensions, encodingFormat, user, extras }, apiKey) => ({
    path: "/embeddings",
    headers: { authorization: `Bearer ${apiKey}` },
    body: JSON.stringify({
      ...extras,
      model: upstreamModel,
      input,
      encoding_format: encodingFormat,
      ...present({ dimensions, user }),
    }),
    ownMessages: 0,
  }),
  answer(call, response) {
    const parsed = responseSchema.safeParse(response);
    if (!parsed.success) throw noEmbeddings("openai", parsed.error.issues[0]?.path.join("."));
    const { data, usage, model } = parsed.data;
    const vectors = data
      .toSorted((left, right) => left.index - right.index)
      .map(({ embedding }) => embedding);
    return {
      answer: listOf("openai", call, vectors),
      facts: factsOf(call, usage ?? undefined, model),
    };
  },
};

/** @throws ProviderFailure where an input has no vector, or a vector is not as long as was asked. */
export function listOf(
  provider: ProviderName,
  { input, model, dimensions, encodingFormat }: EmbeddingCall,
  vectors: readonly (readonly number[] | string)[],
): EmbeddingAnswer {
  if (vectors.length !== input.length) throw noEmbeddings(provider, "data");
  const data = vectors.map((vector, index) => {
    if (dimensions !== undefined && lengthOf(vector) !== dimensions)
      throw noEmbeddings(provider, "dimensions");
    return { object: "embedding" as const, index, embedding: encoded(vector, encodingFormat) };
  });
  return { object: "list", data, model };
}

export function factsOf(
  { regional }: Pick<EmbeddingCall, "regional">,
  wireUsage: object | undefined,
  upstreamModel: string | undefined,
): AnswerFacts {
  const usage = embeddingsUsage(wireUsage, { regional });
  return { usage, wireUsage, finishReason: undefined, upstreamModel };
}

const BYTES_PER_NUMBER = 4;

function lengthOf(vector: readonly number[] | string): number {
  return typeof vector === "string" ? Buffer.byteLength(vector, "base64") / BYTES_PER_NUMBER : vector.length;
}

/** As OpenAI encodes them: little-endian floats of four bytes. */
export function encoded(
  vector: readonly number[] | string,
  format: "float" | "base64",
): readonly number[] | string {
  if (typeof vector === "string" || format === "float") return vector;
  const bytes = Buffer.alloc(vector.length * BYTES_PER_NUMBER);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * BYTES_PER_NUMBER);
  return bytes.toString("base64");
}

export function noEmbeddings(provider: ProviderName, detail: string | undefined): ProviderFailure {
  return new ProviderFailure("invalid_response", {
    provider,
    detail: `embeddings: ${detail || "body"}`,
    ...bought,
  });
}
