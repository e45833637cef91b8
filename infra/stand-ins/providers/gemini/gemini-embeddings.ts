import { z } from "zod";
import { simulateEmbedding } from "../../../../src/worker/engine/providers/simulator/simulator-embedding";
import { countTokens } from "../../../../src/worker/engine/providers/simulator/simulator-text";
import type { Completion, Protocol } from "../protocol";
import { failure } from "./gemini-refusals";

export const embeddingSchema = z.object({
  requests: z
    .array(
      z.object({
        model: z.string().startsWith("models/"),
        content: z.object({ parts: z.array(z.object({ text: z.string().min(1) })).min(1) }),
        outputDimensionality: z.number().int().min(1).max(3_072).default(3_072),
      }),
    )
    .min(1)
    .max(100),
});

export function embed(body: unknown, outcome: Parameters<Protocol["complete"]>[1]): Completion {
  const parsed = embeddingSchema.safeParse(body);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const message = `Invalid JSON payload received. ${issue?.path.join(".")}: ${issue?.message}`;
    return { kind: "refused", answer: failure(400, "INVALID_ARGUMENT", message) };
  }
  const texts = parsed.data.requests.map(({ content }) => content.parts.map(({ text }) => text).join("\n"));
  // Shortened vectors are the start of long ones, and shorter than one.
  const embeddings = parsed.data.requests.map(({ outputDimensionality }, index) => ({
    values: simulateEmbedding(texts[index] ?? "", 3_072).slice(0, outputDimensionality),
  }));
  const promptTokenCount = texts.reduce((sum, text) => sum + countTokens(text), 0);
  const usage =
    outcome === "no-usage" ? {} : { usageMetadata: { promptTokenCount, totalTokenCount: promptTokenCount } };
  return { kind: "whole", body: { embeddings, ...usage }, tokens: 0 };
}
