import {
  type ChatMessage,
  type Completion,
  type FinishReason,
  type ToolCall,
  toolCallSchema,
} from "@agathaai/core/inference";
import type { ChatCompletionMessageParam } from "openai/resources/chat/completions";
import { z } from "zod";
import { ProviderFailure, type ProviderName } from "../errors";
import { present } from "./present";

/** OpenAI's chat-completions protocol, as OpenAI and DeepSeek both speak it. */

/** Tokens of one answer; the bound keeps nonsense out of the books. */
export const tokenCount = z.int().min(0).max(1_000_000_000);

/** Providers add fields of their own (`index`, …) to what our schema knows strictly. */
function knownKeys(call: unknown): unknown {
  const parsed = z
    .object({
      id: z.unknown(),
      type: z.unknown().default("function"),
      function: z.object({ name: z.unknown(), arguments: z.unknown() }),
    })
    .safeParse(call);
  return parsed.data;
}

const answerSchema = z.object({
  model: z.string(),
  choices: z
    .array(
      z.object({
        finish_reason: z.string(),
        message: z.object({
          content: z.string().nullish(),
          refusal: z.string().nullish(),
          tool_calls: z.array(z.preprocess(knownKeys, toolCallSchema)).nullish(),
        }),
      }),
    )
    .min(1),
  usage: z.object({
    prompt_tokens: tokenCount,
    completion_tokens: tokenCount,
    prompt_tokens_details: z.object({ cached_tokens: tokenCount.nullish() }).nullish(),
    completion_tokens_details: z.object({ reasoning_tokens: tokenCount.nullish() }).nullish(),
    /** DeepSeek's name for cached input. */
    prompt_cache_hit_tokens: tokenCount.nullish(),
  }),
});

const finishReasonOf: Record<string, FinishReason> = {
  stop: "stop",
  length: "length",
  tool_calls: "tool_calls",
  function_call: "tool_calls",
  content_filter: "content_filter",
};

/** @throws ProviderFailure when the answer is not the protocol's, or says that it was broken off. */
export function completionOfAnswer(provider: ProviderName, answer: unknown): Completion {
  const parsed = answerSchema.safeParse(answer);
  const choice = parsed.data?.choices[0];
  if (!parsed.success || !choice) {
    const where = parsed.error?.issues[0]?.path.join(".");
    throw new ProviderFailure("invalid_response", { provider, detail: `schema: ${where || "body"}` });
  }
  // DeepSeek ends an answer with this when it runs out of capacity half-way.
  if (choice.finish_reason === "insufficient_system_resource") {
    throw new ProviderFailure("overloaded", { provider, detail: choice.finish_reason });
  }
  const finishReason = finishReasonOf[choice.finish_reason];
  if (!finishReason) throw new ProviderFailure("invalid_response", { provider, detail: "finish reason" });
  const { message } = choice;
  const { usage } = parsed.data;
  const toolCalls: ToolCall[] = message.tool_calls ?? [];
  const cached = usage.prompt_tokens_details?.cached_tokens ?? usage.prompt_cache_hit_tokens ?? 0;
  const reasoning = usage.completion_tokens_details?.reasoning_tokens ?? 0;
  return {
    content: message.content || message.refusal || null,
    toolCalls,
    // A forced tool_choice ends with "stop" on the wire; what the customer got is a tool call all the same.
    finishReason: finishReason === "stop" && toolCalls.length > 0 ? "tool_calls" : finishReason,
    usage: {
      inputTokens: usage.prompt_tokens,
      cachedInputTokens: Math.min(cached, usage.prompt_tokens),
      outputTokens: usage.completion_tokens,
      reasoningTokens: Math.min(reasoning, usage.completion_tokens),
    },
    upstreamModel: parsed.data.model,
  };
}

export interface MessageDialect {
  /** How the provider's models take what the customer sent as `developer`. */
  developerRole: "developer" | "system";
}

/** Our messages in the protocol's shape; the two are the same but for the developer role. */
export function toChatMessages(
  messages: readonly ChatMessage[],
  { developerRole }: MessageDialect,
): ChatCompletionMessageParam[] {
  return messages.map((message) => toChatMessage(message, developerRole));
}

function toChatMessage(
  message: ChatMessage,
  developerRole: MessageDialect["developerRole"],
): ChatCompletionMessageParam {
  switch (message.role) {
    case "system":
      return { role: "system", content: message.content };
    case "developer":
      return { role: developerRole, content: message.content };
    case "user":
      return {
        role: "user",
        content:
          typeof message.content === "string"
            ? message.content
            : message.content.map((part) =>
                part.type === "text" ? part : { type: "image_url", image_url: present(part.image_url) },
              ),
      };
    case "assistant":
      return {
        role: "assistant",
        content: message.content ?? null,
        ...(message.tool_calls && { tool_calls: message.tool_calls }),
      };
    case "tool":
      return { role: "tool", tool_call_id: message.tool_call_id, content: message.content };
  }
}
