import { z } from "zod";
import { simulateEmbedding } from "../../../../src/worker/engine/providers/simulator/simulator-embedding";
import { countTokens } from "../../../../src/worker/engine/providers/simulator/simulator-text";
import { plainModel } from "../failures";
import type { Completion, Protocol, SimulatedRequest } from "../protocol";
import type { Flavor } from "./openai-problem";
import { failure } from "./openai-refusals";

export const embeddingSchema = z.object({
  model: z.string().min(1),
  input: z
    .array(z.union([z.string().min(1), z.array(z.number().int()).min(1)]))
    .min(1)
    .max(2_048),
  dimensions: z.number().int().min(1).max(3_072).default(1_536),
  encoding_format: z.enum(["float", "base64"]).default("float"),
});

export const isEmbeddings = (flavor: Flavor, { pathname }: URL) =>
  flavor === "openai" && pathname === "/v1/embeddings";

export function embed({ body }: SimulatedRequest, outcome: Parameters<Protocol["complete"]>[1]): Completion {
  const parsed = embeddingSchema.safeParse(body);
  if (!parsed.success) {
    const param = parsed.error.issues[0]?.path.join(".") ?? null;
    const answer = failure(400, `Invalid value for '${param}'.`, "invalid_request_error", null, param);
    return { kind: "refused", answer };
  }
  const { model, input, dimensions, encoding_format: format } = parsed.data;
  const data = input.map((text, index) => {
    const vector = simulateEmbedding(String(text), dimensions);
    const embedding =
      format === "float" ? vector : Buffer.from(Float32Array.from(vector).buffer).toString("base64");
    return { object: "embedding", index, embedding };
  });
  const tokens = input.reduce(
    (sum, text) => sum + (typeof text === "string" ? countTokens(text) : text.length),
    0,
  );
  const usage = outcome === "no-usage" ? {} : { usage: { prompt_tokens: tokens, total_tokens: tokens } };
  return { kind: "whole", body: { object: "list", data, model: plainModel(model), ...usage }, tokens: 0 };
}
