import type { ChatMessage, ChatRequest, Completion } from "@agathaai/core/inference";
import { reasoningEffortOf } from "@agathaai/core/models";
import type { ChatCompletionCreateParamsNonStreaming } from "openai/resources/chat/completions";
import { ProviderFailure } from "../errors";
import { callProvider } from "../transport";
import { completionOfAnswer, toChatMessages } from "./chat-completions";
import { chatClient, type ProviderAccess } from "./openai";
import { present } from "./present";
import type { Provider, ProviderRequest } from "./provider";

/** DeepSeek's own switch beside the protocol: its V4 models think unless told not to. */
type DeepSeekParams = ChatCompletionCreateParamsNonStreaming & { thinking?: { type: "disabled" } };

/**
 * DeepSeek speaks OpenAI's protocol with `max_tokens`, no seed, no developer role and no JSON schema: a schema becomes
 * JSON mode with the schema among the instructions.
 */
export function toDeepSeekParams(request: ProviderRequest): DeepSeekParams {
  const { input, upstreamModel, maxOutputTokens } = request;
  const wantsJson = input.response_format !== undefined && input.response_format.type !== "text";
  return {
    model: upstreamModel,
    messages: toChatMessages([...jsonInstruction(input), ...input.messages.map(toPlainText)], {
      developerRole: "system",
    }),
    max_tokens: maxOutputTokens,
    ...(reasoningEffortOf(upstreamModel) === "none" && { thinking: { type: "disabled" } }),
    ...present({
      temperature: input.temperature,
      top_p: input.top_p,
      stop: input.stop,
      response_format: wantsJson ? { type: "json_object" as const } : undefined,
      tools: input.tools?.map(({ type, function: { strict: _strict, ...rest } }) => ({
        type,
        function: present(rest),
      })),
      tool_choice: input.tool_choice,
    }),
  };
}

/** JSON mode answers with endless whitespace unless the messages ask for JSON by that word. */
function jsonInstruction({ response_format: format, messages }: ChatRequest): ChatMessage[] {
  if (format?.type === "json_schema") {
    const schema = JSON.stringify(format.json_schema.schema);
    return [
      {
        role: "system",
        content: `Answer with one JSON document that is valid under this schema:\n${schema}`,
      },
    ];
  }
  if (format?.type === "json_object" && !/json/i.test(JSON.stringify(messages))) {
    return [{ role: "system", content: "Answer with one JSON object." }];
  }
  return [];
}

/** Its text models take strings only; lists of parts are for messages with images. */
function toPlainText(message: ChatMessage): ChatMessage {
  if (!Array.isArray(message.content)) return message;
  const texts = message.content.flatMap((part) => (part.type === "text" ? [part.text] : []));
  if (texts.length < message.content.length) return message;
  return { ...message, content: texts.join("\n\n") };
}

export function toDeepSeekCompletion(answer: unknown): Completion {
  return completionOfAnswer("deepseek", answer);
}

export function deepSeekProvider({ apiKey, baseUrl }: ProviderAccess): Provider {
  const client = apiKey ? chatClient({ apiKey, baseUrl }) : undefined;
  return {
    name: "deepseek",
    async complete(request, options) {
      if (!client) throw new ProviderFailure("auth", { provider: "deepseek", detail: "no API key is set" });
      const params = toDeepSeekParams(request);
      const answer = await callProvider("deepseek", options, (signal) =>
        client.chat.completions.create(params, { signal, timeout: options.timeoutMs }),
      );
      return toDeepSeekCompletion(answer);
    },
  };
}
