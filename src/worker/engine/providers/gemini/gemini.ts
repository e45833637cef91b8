import { randomBytes } from "node:crypto";
import { type Completion, type FinishReason, type ToolCall, toolCallSchema } from "@agathaai/core/inference";
import { GoogleGenerativeAI } from "@google/generative-ai";
import { z } from "zod";
import { ProviderFailure } from "../../failures/errors";
import { callProvider, installProviderFetch } from "../../transport";
import { type Provider, type ProviderAccess, type ProviderRequest, withinCalls } from "../provider";
import { bought, toFinishReason, unbilled } from "../wire/chat-completions";
import { unquoteNumbers } from "../wire/lossless-json";
import { packCallId } from "../wire/tool-call-ids";
import { geminiNames, type ToolNames, toolNames } from "../wire/tool-names";
import { geminiUsage } from "../wire/usage";
import { toGeminiRequest } from "./gemini-request";

const partSchema = z.object({
  text: z.string().nullish(),
  thought: z.boolean().nullish(),
  thoughtSignature: z.string().nullish(),
  functionCall: z
    .object({
      id: z.string().max(256).nullish(),
      name: z.string().min(1),
      args: z.record(z.string(), z.unknown()).nullish(),
    })
    .nullish(),
});

const responseSchema = z.object({
  candidates: z
    .array(
      z.object({
        content: z.object({ parts: z.array(partSchema).nullish() }).nullish(),
        finishReason: z.string().nullish(),
      }),
    )
    .nullish(),
  promptFeedback: z.object({ blockReason: z.string().nullish() }).nullish(),
  usageMetadata: z.unknown().optional(),
  modelVersion: z.string().nullish(),
});

const finishReasonOf: Record<string, FinishReason> = {
  STOP: "stop",
  MAX_TOKENS: "length",
  SAFETY: "content_filter",
  RECITATION: "content_filter",
  BLOCKLIST: "content_filter",
  PROHIBITED_CONTENT: "content_filter",
  SPII: "content_filter",
  IMAGE_SAFETY: "content_filter",
  IMAGE_PROHIBITED_CONTENT: "content_filter",
  IMAGE_RECITATION: "content_filter",
};
/** The model broke off; the same request often works the next time. */
const brokenOff = new Set([
  "MALFORMED_FUNCTION_CALL",
  "UNEXPECTED_TOOL_CALL",
  "TOO_MANY_TOOL_CALLS",
  "MALFORMED_RESPONSE",
  "OTHER",
  "FINISH_REASON_UNSPECIFIED",
]);

/** Marks a number that came as text. Random in each process, so that nobody outside can write it. */
const NUMBER_PREFIX = randomBytes(12).toString("hex");

/** @throws ProviderFailure when the prompt was refused, or the response is broken off or not Gemini's. */
export function toGeminiCompletion({ upstreamModel, input }: ProviderRequest, response: unknown): Completion {
  const parsed = responseSchema.safeParse(response);
  if (!parsed.success) throw invalid(`schema: ${parsed.error.issues[0]?.path.join(".") || "body"}`);
  const { candidates, promptFeedback, usageMetadata, modelVersion } = parsed.data;
  const usage = geminiUsage(usageMetadata);
  const candidate = candidates?.[0];
  if (promptFeedback?.blockReason && !candidate?.content?.parts?.length) {
    throw new ProviderFailure("content_filtered", { provider: "gemini", detail: promptFeedback.blockReason });
  }
  if (!candidate) throw invalid("no candidate");
  const { finishReason: reason } = candidate;
  if (reason === "LANGUAGE") throw unsupportedLanguage();
  if (!reason || brokenOff.has(reason)) throw invalid(reason ?? "no finish reason");
  if (!usage) throw unbilled("gemini");

  const parts = candidate.content?.parts ?? [];
  const content = parts.map((part) => (part.thought ? "" : (part.text ?? ""))).join("");
  const names = toolNames(input, geminiNames);
  const toolCalls = parts.flatMap((part) => toToolCall(upstreamModel, part, names) ?? []);
  const finishReason = toFinishReason("gemini", finishReasonOf[reason], content !== "", toolCalls);
  const completion: Completion = {
    content: content || null,
    toolCalls,
    finishReason,
    usage,
    upstreamModel: modelVersion ?? upstreamModel,
  };
  return withinCalls(
    input,
    withinLimit(completion, usage.outputTokens - usage.reasoningTokens, input.max_tokens),
  );
}

function toToolCall(
  upstreamModel: string,
  { functionCall: call, thoughtSignature }: z.output<typeof partSchema>,
  names: ToolNames,
): ToolCall | undefined {
  if (!call) return undefined;
  const checked = toolCallSchema.safeParse({
    id: packCallId(upstreamModel, { id: call.id || undefined, signature: thoughtSignature || undefined }),
    type: "function",
    function: {
      name: names.fromProvider(call.name),
      arguments: unquoteNumbers(JSON.stringify(call.args ?? {}), NUMBER_PREFIX),
    },
  });
  if (!checked.success) throw invalid("tool call");
  return checked.data;
}

/**
 * Gemini has one limit for thinking and answer together, so unused thinking tokens can make the answer longer than asked
 * for. It is cut at the caller's limit, by its share of the tokens, as the model itself would have cut it.
 */
function withinLimit(completion: Completion, tokens: number, limit: number | undefined): Completion {
  const { content, toolCalls } = completion;
  if (limit === undefined || content === null || tokens <= limit || toolCalls.length > 0) return completion;
  const characters = [...content];
  const kept = characters.slice(0, Math.floor((characters.length * limit) / tokens)).join("");
  return { ...completion, content: kept || null, finishReason: "length" };
}

function invalid(detail: string): ProviderFailure {
  return new ProviderFailure("invalid_response", { provider: "gemini", detail, ...bought });
}

function unsupportedLanguage(): ProviderFailure {
  return new ProviderFailure("rejected", {
    provider: "gemini",
    detail: "LANGUAGE",
    publicMessage: "The messages are in a language that this model does not support.",
    publicParam: "messages",
  });
}

export function geminiProvider({ apiKey, baseUrl }: ProviderAccess): Provider {
  const client = apiKey ? new GoogleGenerativeAI(apiKey) : undefined;
  installProviderFetch();
  return {
    name: "gemini",
    async complete(request, options) {
      if (!client) throw new ProviderFailure("auth", { provider: "gemini", detail: "no API key is set" });
      const body = toGeminiRequest(request);
      const response = await callProvider(
        "gemini",
        options,
        async (signal) => {
          const model = client.getGenerativeModel({ model: request.upstreamModel }, { baseUrl });
          return (await model.generateContent(body, { signal })).response;
        },
        { numberPrefix: NUMBER_PREFIX },
      );
      return toGeminiCompletion(request, response);
    },
  };
}
