import type { ChatRequest, Completion } from "@agathaai/core/inference";
import type { ChatCompletionCreateParamsNonStreaming } from "openai/resources/chat/completions";
import type { Provider as ProviderId } from "../../../../shared/providers";
import { ProviderFailure } from "../../failures/errors";
import { callProvider } from "../../transport";
import type { LiveCall, ProviderModule } from "../live-protocol";
import { type Provider, type ProviderAccess, type ProviderRequest, withinCalls } from "../provider";
import { chatAnswer } from "./chat-answer";
import { completionOfResponse } from "./chat-completions";
import { ChatStream, type ChatStreamOptions } from "./chat-stream";
import { openAiClient } from "./openai-client";
import { chatNames, toolNames } from "./tool-names";
import { isRegional, type Served } from "./usage";

export type ChatParams = ChatCompletionCreateParamsNonStreaming;

/** What a provider has of its own that speaks OpenAI's chat protocol: how it wants a request put. */
export interface ChatDialect {
  name: ProviderId;
  toParams(request: ProviderRequest): ChatParams;
}

/** A provider that speaks OpenAI's chat protocol, on both of the engine's paths. */
export function chatModule(dialect: ChatDialect): ProviderModule {
  const { name, toParams } = dialect;
  return {
    connect: (access) => chatProvider(dialect, access),
    live: {
      request: ({ request, stream, extras, apiKey }) => {
        const params = toParams(request);
        const body = { ...extras, ...params, ...askedTier(extras), ...(stream && streaming(name, extras)) };
        return {
          path: "/chat/completions",
          headers: { authorization: `Bearer ${apiKey}` },
          body: JSON.stringify(body),
          ownMessages: params.messages.length - request.input.messages.length,
        };
      },
      reader: (call, ownMessages) => new ChatStream(reading(name, call, ownMessages)),
      answer: (call, response) => chatAnswer(reading(name, call, 0), response),
    },
  };
}

/** The one parameter of ours that a customer's replaces; `auto` leaves it to us. */
export function askedTier({ service_tier: tier }: LiveCall["extras"]) {
  return typeof tier === "string" && tier !== "auto" ? { service_tier: tier } : {};
}

/** Usage is always asked for, because billing uses it; OpenAI's padding, which it adds unasked, is left to TLS. */
function streaming(name: ProviderId, { stream_options: options }: LiveCall["extras"]) {
  const padding = name === "openai" && { include_obfuscation: false };
  return { stream: true, stream_options: { ...(options ?? {}), ...padding, include_usage: true } };
}

function reading(
  provider: ProviderId,
  { request: { input }, head, includeUsage, longCache, regional }: LiveCall,
  ownMessages: number,
): ChatStreamOptions {
  const names = toolNames(input, chatNames);
  return {
    provider,
    head,
    includeUsage,
    ownMessages,
    names: names.changed ? names : undefined,
    oneCall: input.parallel_tool_calls === false,
    served: { longCache, regional },
  };
}

/** A whole response of the queue's path. */
export function toChatCompletion(
  provider: ProviderId,
  response: unknown,
  input?: ChatRequest,
  served?: Served,
): Completion {
  if (input === undefined) return completionOfResponse(provider, response, undefined, served);
  return withinCalls(input, completionOfResponse(provider, response, toolNames(input, chatNames), served));
}

function chatProvider({ name, toParams }: ChatDialect, { apiKey, baseUrl }: ProviderAccess): Provider {
  const client = apiKey ? openAiClient({ apiKey, baseUrl }) : undefined;
  const served = { regional: isRegional(baseUrl) };
  return {
    name,
    async complete(request, options) {
      if (!client) throw new ProviderFailure("auth", { provider: name, detail: "no API key is set" });
      const params = toParams(request);
      const response = await callProvider(
        name,
        options,
        (signal) => client.chat.completions.create(params, { signal, timeout: options.timeoutMs }),
        { ownMessages: params.messages.length - request.input.messages.length },
      );
      return toChatCompletion(name, response, request.input, served);
    },
  };
}
