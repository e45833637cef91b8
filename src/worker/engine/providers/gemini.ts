import { randomUUID } from "node:crypto";
import { type Completion, type FinishReason, type ToolCall, toolCallSchema } from "@agathaai/core/inference";
import { GoogleGenerativeAI } from "@google/generative-ai";
import { z } from "zod";
import { ProviderFailure } from "../errors";
import { callProvider, installProviderFetch } from "../transport";
import { tokenCount } from "./chat-completions";
import { toGeminiRequest } from "./gemini-request";
import type { ProviderAccess } from "./openai";
import type { Provider } from "./provider";

const count = tokenCount.default(0);

const partSchema = z.object({
  text: z.string().optional(),
  thought: z.boolean().optional(),
  functionCall: z
    .object({
      id: z.string().min(1).max(256).optional(),
      name: z.string().min(1),
      args: z.record(z.string(), z.unknown()).default({}),
    })
    .optional(),
});

const answerSchema = z.object({
  candidates: z
    .array(
      z.object({
        content: z.object({ parts: z.array(partSchema).default([]) }).optional(),
        finishReason: z.string().optional(),
      }),
    )
    .default([]),
  promptFeedback: z.object({ blockReason: z.string().optional() }).optional(),
  usageMetadata: z
    .object({
      promptTokenCount: count,
      toolUsePromptTokenCount: count,
      cachedContentTokenCount: count,
      candidatesTokenCount: count,
      thoughtsTokenCount: count,
    })
    .optional(),
  modelVersion: z.string().optional(),
});

/** Any reason not listed is one that Gemini gives for stopping an answer for its content (SAFETY, RECITATION, …). */
const finishReasonOf: Record<string, FinishReason> = { STOP: "stop", MAX_TOKENS: "length" };
/** The model lost its way; the same request often works the next time. */
const brokenOff = new Set([
  "MALFORMED_FUNCTION_CALL",
  "UNEXPECTED_TOOL_CALL",
  "TOO_MANY_TOOL_CALLS",
  "MALFORMED_RESPONSE",
  "OTHER",
  "FINISH_REASON_UNSPECIFIED",
]);

/** @throws ProviderFailure when the prompt was refused, or the answer is broken off or not Gemini's. */
export function toGeminiCompletion(upstreamModel: string, answer: unknown): Completion {
  const parsed = answerSchema.safeParse(answer);
  if (!parsed.success) throw invalid(`schema: ${parsed.error.issues[0]?.path.join(".") || "body"}`);
  const { candidates, promptFeedback, usageMetadata: usage, modelVersion } = parsed.data;
  const candidate = candidates[0];
  if (!candidate) {
    if (!promptFeedback?.blockReason) throw invalid("no candidate");
    throw new ProviderFailure("content_filtered", { provider: "gemini", detail: promptFeedback.blockReason });
  }
  if (!usage) throw invalid("no usage");
  if (!candidate.finishReason || brokenOff.has(candidate.finishReason)) {
    throw invalid(candidate.finishReason ?? "no finish reason");
  }

  const parts = candidate.content?.parts ?? [];
  const content = parts.map((part) => (part.thought ? "" : (part.text ?? ""))).join("");
  const toolCalls = parts.flatMap((part): ToolCall[] => {
    const call = part.functionCall;
    if (!call) return [];
    const id = call.id ?? `call_${randomUUID().replaceAll("-", "")}`;
    const named = { name: call.name, arguments: JSON.stringify(call.args) };
    const checked = toolCallSchema.safeParse({ id, type: "function", function: named });
    if (!checked.success) throw invalid("tool call");
    return [checked.data];
  });
  const finishReason = finishReasonOf[candidate.finishReason] ?? "content_filter";
  const inputTokens = usage.promptTokenCount + usage.toolUsePromptTokenCount;
  return {
    content: content || null,
    toolCalls,
    finishReason: finishReason === "stop" && toolCalls.length > 0 ? "tool_calls" : finishReason,
    usage: {
      inputTokens,
      cachedInputTokens: Math.min(usage.cachedContentTokenCount, inputTokens),
      // Gemini counts its reasoning beside the answer; everybody else counts it inside.
      outputTokens: usage.candidatesTokenCount + usage.thoughtsTokenCount,
      reasoningTokens: usage.thoughtsTokenCount,
    },
    upstreamModel: modelVersion ?? upstreamModel,
  };
}

function invalid(detail: string): ProviderFailure {
  return new ProviderFailure("invalid_response", { provider: "gemini", detail });
}

export function geminiProvider({ apiKey, baseUrl }: ProviderAccess): Provider {
  const client = apiKey ? new GoogleGenerativeAI(apiKey) : undefined;
  installProviderFetch();
  return {
    name: "gemini",
    async complete(request, options) {
      if (!client) throw new ProviderFailure("auth", { provider: "gemini", detail: "no API key is set" });
      const body = toGeminiRequest(request);
      const answer = await callProvider("gemini", options, async (signal) => {
        const model = client.getGenerativeModel({ model: request.upstreamModel }, { baseUrl });
        return (await model.generateContent(body, { signal })).response;
      });
      return toGeminiCompletion(request.upstreamModel, answer);
    },
  };
}
