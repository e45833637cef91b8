import type { Completion } from "@agathaai/core/inference";
import type { TokenUsage } from "@agathaai/core/models";
import type { AnswerHead, ChatCompletionAnswer, LiveAnswer } from "../live-protocol";
import { chatFinishReason, readResponse } from "./chat-completions";
import { type ChatStreamOptions, isRecord } from "./chat-stream";
import { toLatin1 } from "./latin1";

/**
 * OpenAI's whole answer, passed on with our id and the model's public name; all that OpenAI says beside the content
 * (log probabilities, annotations, further choices) stays.
 *
 * @throws ProviderFailure where it is no answer.
 */
export function chatAnswer(options: ChatStreamOptions, response: unknown): LiveAnswer {
  const { usage, finishReason, upstreamModel } = readResponse(
    options.provider,
    response,
    options.names,
    options.served,
  );
  const fields = isRecord(response) ? response : {};
  const wireUsage = fields.usage;
  const choices = Array.isArray(fields.choices) ? fields.choices : [];
  const { id, created, model } = options.head;
  const answer: ChatCompletionAnswer = {
    id,
    object: "chat.completion",
    created,
    model,
    choices: choices.map((choice) => toChoice(options, choice)),
  };
  for (const name of Object.keys(fields)) {
    if (name !== "usage" && !Object.hasOwn(answer, name)) answer[name] = fields[name];
  }
  return {
    answer,
    facts: { usage, wireUsage: isRecord(wireUsage) ? wireUsage : undefined, finishReason, upstreamModel },
  };
}

function toChoice({ provider, names, oneCall }: ChatStreamOptions, choice: unknown): unknown {
  if (!isRecord(choice) || !isRecord(choice.message)) return choice;
  const { message } = choice;
  const calls = Array.isArray(message.tool_calls) ? message.tool_calls : [];
  for (const call of names === undefined ? [] : calls) {
    if (isRecord(call) && isRecord(call.function) && typeof call.function.name === "string") {
      call.function.name = names?.fromProvider(call.function.name);
    }
  }
  const hasContent = Boolean(message.content || message.refusal);
  const given = typeof choice.finish_reason === "string" ? choice.finish_reason : undefined;
  const reason = chatFinishReason(provider, given, hasContent, calls.length > 0);
  // OpenAI's own, as it is.
  if (
    calls.length === 0 &&
    message.content !== undefined &&
    message.refusal !== undefined &&
    choice.logprobs !== undefined &&
    reason === given
  ) {
    return choice;
  }
  return {
    ...choice,
    message: {
      ...message,
      // DeepSeek leaves both out; OpenAI's schema requires them.
      content: message.content ?? null,
      refusal: message.refusal ?? null,
      ...(calls.length > 0 && { tool_calls: oneCall ? calls.slice(0, 1) : calls }),
    },
    logprobs: choice.logprobs ?? null,
    finish_reason: reason,
  };
}

/** A completion of any provider's as OpenAI would say it. `said`: the usage as the provider wrote it. */
export function toChatAnswer(
  head: AnswerHead,
  completion: Completion | Uncounted,
  { refusal = null, said }: { refusal?: string | null; said?: unknown } = {},
): LiveAnswer {
  const { content, reasoning, toolCalls, finishReason, usage, upstreamModel } = completion;
  const message = {
    role: "assistant",
    content,
    refusal,
    annotations: [],
    ...(reasoning !== undefined && { reasoning_content: reasoning }),
    ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
  };
  return {
    answer: {
      id: head.id,
      object: "chat.completion",
      created: head.created,
      model: head.model,
      choices: [{ index: 0, message, logprobs: null, finish_reason: finishReason }],
    },
    facts: { usage, wireUsage: wireUsageOf(usage, said), finishReason, upstreamModel },
  };
}

/** A completion whose provider did not say what it cost. */
type Uncounted = Omit<Completion, "usage"> & { usage: TokenUsage | undefined };

/** Usage in OpenAI's words; where it is no count, what was `said`. */
export function wireUsageOf(usage: TokenUsage | undefined, said: unknown): object | undefined {
  if (usage !== undefined) return toWireUsage(usage);
  return isRecord(said) ? said : undefined;
}

/** Usage in OpenAI's words. */
export function toWireUsage(usage: TokenUsage) {
  const written = usage.cacheWriteTokens + usage.longCacheWriteTokens;
  return {
    prompt_tokens: usage.inputTokens,
    completion_tokens: usage.outputTokens,
    total_tokens: usage.inputTokens + usage.outputTokens,
    prompt_tokens_details: {
      cached_tokens: usage.cachedInputTokens,
      ...(written > 0 && { cache_write_tokens: written }),
    },
    completion_tokens_details: { reasoning_tokens: usage.reasoningTokens },
  };
}

export interface ChunkWriter {
  /** One server-sent event, in Latin-1. */
  frame(delta: object, finishReason?: string): string;
}

/** Writes the chunks of a provider that has other ones, or none. */
export function chunkWriter(head: AnswerHead, { includeUsage }: { includeUsage: boolean }): ChunkWriter {
  const { id, created, model } = head;
  const beginning = `data: ${JSON.stringify({ id, object: "chat.completion.chunk", created, model }).slice(0, -1)},`;
  const end = includeUsage ? ',"usage":null}\n\n' : "}\n\n";
  return {
    frame: (delta, finishReason) => {
      const choice = { index: 0, delta, logprobs: null, finish_reason: finishReason ?? null };
      return toLatin1(`${beginning}"choices":[${JSON.stringify(choice)}]${end}`);
    },
  };
}
