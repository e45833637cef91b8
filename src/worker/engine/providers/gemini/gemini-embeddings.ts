import { z } from "zod";
import { ProviderFailure } from "../../failures/errors";
import type { EmbeddingProtocol } from "../live-protocol";
import { present } from "../provider";
import { factsOf, listOf, noEmbeddings } from "../wire/embeddings";

const responseSchema = z.object({
  embeddings: z.array(z.object({ values: z.array(z.number()).min(1) })),
  usageMetadata: z.looseObject({ promptTokenCount: z.unknown() }).nullish(),
});

/** Gemini's embeddings, all texts of a request in one call. */
export const geminiEmbeddings: EmbeddingProtocol = {
  request({ upstreamModel, input, dimensions }, apiKey) {
    const model = `models/${upstreamModel}`;
    const requests = input.map((text) => {
      if (typeof text !== "string") throw tokensNotTaken();
      return { model, content: { parts: [{ text }] }, ...present({ outputDimensionality: dimensions }) };
    });
    return {
      path: `/v1beta/models/${encodeURIComponent(upstreamModel)}:batchEmbedContents`,
      headers: { "x-goog-api-key": apiKey },
      body: JSON.stringify({ requests }),
      ownMessages: 0,
    };
  },
  answer(call, response) {
    const parsed = responseSchema.safeParse(response);
    if (!parsed.success) throw noEmbeddings("gemini", parsed.error.issues[0]?.path.join("."));
    const { embeddings, usageMetadata } = parsed.data;
    const tokens = usageMetadata?.promptTokenCount;
    const wireUsage = usageMetadata ? { prompt_tokens: tokens, total_tokens: tokens } : undefined;
    const vectors = embeddings.map(({ values }) => ofLengthOne(values));
    return { answer: listOf("gemini", call, vectors), facts: factsOf(call, wireUsage, call.upstreamModel) };
  },
};

/** As OpenAI's always are, and clients rely on; Gemini's shortened ones are not. */
function ofLengthOne(vector: readonly number[]): readonly number[] {
  const length = Math.hypot(...vector);
  return length === 0 || Math.abs(length - 1) < 1e-6 ? vector : vector.map((value) => value / length);
}

function tokensNotTaken(): ProviderFailure {
  return new ProviderFailure("rejected", {
    provider: "gemini",
    detail: "tokens",
    publicCode: "unsupported_parameter",
    publicMessage: "input must be text for this model: its provider takes no tokens.",
  });
}
