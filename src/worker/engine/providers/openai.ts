import type { ChatRequest, Completion } from "@agathaai/core/inference";
import { reasoningEffortOf } from "@agathaai/core/models";
import OpenAI from "openai";
import type { ChatCompletionCreateParamsNonStreaming } from "openai/resources/chat/completions";
import { ProviderFailure } from "../errors";
import { callProvider, providerFetch } from "../transport";
import { completionOfAnswer, toChatMessages } from "./chat-completions";
import { present } from "./present";
import type { Provider, ProviderRequest } from "./provider";

export interface ProviderAccess {
  apiKey: string | undefined;
  baseUrl: string;
}

/** o-series and GPT-5 onwards refuse `max_tokens` and know the developer role; older models are the reverse. */
function isReasoningFamily(model: string): boolean {
  return /^(o\d|gpt-([5-9]|\d\d))/.test(model);
}

export function toOpenAiParams(request: ProviderRequest): ChatCompletionCreateParamsNonStreaming {
  const { input, upstreamModel, maxOutputTokens } = request;
  const reasoning = isReasoningFamily(upstreamModel);
  return {
    model: upstreamModel,
    messages: toChatMessages(input.messages, { developerRole: reasoning ? "developer" : "system" }),
    ...(reasoning ? { max_completion_tokens: maxOutputTokens } : { max_tokens: maxOutputTokens }),
    ...present({
      temperature: input.temperature,
      top_p: input.top_p,
      stop: input.stop,
      seed: input.seed,
      response_format: responseFormat(input.response_format),
      tools: input.tools?.map((tool) => ({ type: tool.type, function: present(tool.function) })),
      tool_choice: input.tool_choice,
      reasoning_effort: reasoningEffortOf(upstreamModel),
    }),
    // Customers' content is not kept for the provider's own dashboards and training.
    store: false,
  };
}

function responseFormat(format: ChatRequest["response_format"]) {
  if (format?.type !== "json_schema") return format;
  return { type: format.type, json_schema: present(format.json_schema) };
}

export function toOpenAiCompletion(answer: unknown): Completion {
  return completionOfAnswer("openai", answer);
}

export function openAiProvider({ apiKey, baseUrl }: ProviderAccess): Provider {
  const client = apiKey ? chatClient({ apiKey, baseUrl }) : undefined;
  return {
    name: "openai",
    async complete(request, options) {
      if (!client) throw new ProviderFailure("auth", { provider: "openai", detail: "no API key is set" });
      const params = toOpenAiParams(request);
      const answer = await callProvider("openai", options, (signal) =>
        client.chat.completions.create(params, { signal, timeout: options.timeoutMs }),
      );
      return toOpenAiCompletion(answer);
    },
  };
}

/** The SDK with everything taken from us and nothing from the process environment; our retry policy, not its own. */
export function chatClient({ apiKey, baseUrl }: { apiKey: string; baseUrl: string }): OpenAI {
  return new OpenAI({
    apiKey,
    baseURL: baseUrl,
    organization: null,
    project: null,
    adminAPIKey: null,
    webhookSecret: null,
    maxRetries: 0,
    logLevel: "off",
    fetch: providerFetch,
  });
}
