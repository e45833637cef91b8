import { type ChatRequest, type Completion, SHORT_DESCRIPTION, type Tool } from "@agathaai/core/inference";
import { effortFor } from "@agathaai/core/models";
import OpenAI from "openai";
import type { ChatCompletionCreateParamsNonStreaming } from "openai/resources/chat/completions";
import { ProviderFailure } from "../../failures/errors";
import { callProvider, providerFetch } from "../../transport";
import { type Provider, type ProviderAccess, type ProviderRequest, present, withinCalls } from "../provider";
import {
  chatParameters,
  chatToolChoice,
  completionOfResponse,
  jsonInstruction,
  toChatMessages,
} from "../wire/chat-completions";
import { chatNames, type ToolNames, toolNames } from "../wire/tool-names";

/** o-series and GPT-5 onwards refuse `max_tokens` and know the developer role; older models are the reverse. */
function isReasoningFamily(model: string): boolean {
  return /^(o\d|gpt-([5-9]|\d\d))/.test(model);
}

export function toOpenAiParams(request: ProviderRequest): ChatCompletionCreateParamsNonStreaming {
  const { input, upstreamModel, maxOutputTokens } = request;
  const reasoning = isReasoningFamily(upstreamModel);
  const names = toolNames(input, chatNames);
  const dialect = { developerRole: reasoning ? "developer" : "system" } as const;
  return {
    model: upstreamModel,
    messages: toChatMessages([...jsonInstruction(input), ...input.messages], dialect, names),
    ...(reasoning ? { max_completion_tokens: maxOutputTokens } : { max_tokens: maxOutputTokens }),
    ...present({
      temperature: input.temperature,
      top_p: input.top_p,
      stop: input.stop,
      seed: input.seed,
      response_format: responseFormat(input.response_format),
      tools: input.tools?.map((tool) => toChatTool(tool, names)),
      tool_choice: chatToolChoice(input.tool_choice, names),
      parallel_tool_calls: input.tools && input.parallel_tool_calls === false ? false : undefined,
      reasoning_effort: effortFor(upstreamModel, input.reasoning_effort),
    }),
    // Customers' content is not kept for the provider's own dashboards and training.
    store: false,
  };
}

/** A description longer than its field may be stands in the schema, whole, and its start where it belongs. */
function toChatTool({ type, function: tool }: Tool, names: ToolNames) {
  const { description = "", strict } = tool;
  const parameters = chatParameters(tool);
  const long = description.length > SHORT_DESCRIPTION;
  const said = [description, parameters.description].filter((text) => typeof text === "string").join("\n\n");
  return {
    type,
    function: present({
      name: names.toProvider(tool.name),
      description: long ? `${start(description)}…` : tool.description,
      parameters: long ? { ...parameters, description: said } : parameters,
      strict,
    }),
  };
}

/** Not in the middle of a character. */
function start(description: string): string {
  return description.slice(0, SHORT_DESCRIPTION - 1).replace(/[\ud800-\udbff]$/, "");
}

function responseFormat(format: ChatRequest["response_format"]) {
  if (format?.type !== "json_schema") return format;
  return { type: format.type, json_schema: present(format.json_schema) };
}

export function toOpenAiCompletion(response: unknown, input?: ChatRequest): Completion {
  if (input === undefined) return completionOfResponse("openai", response);
  return withinCalls(input, completionOfResponse("openai", response, toolNames(input, chatNames)));
}

export function openAiProvider({ apiKey, baseUrl }: ProviderAccess): Provider {
  const client = apiKey ? chatClient({ apiKey, baseUrl }) : undefined;
  return {
    name: "openai",
    async complete(request, options) {
      if (!client) throw new ProviderFailure("auth", { provider: "openai", detail: "no API key is set" });
      const params = toOpenAiParams(request);
      const response = await callProvider(
        "openai",
        options,
        (signal) => client.chat.completions.create(params, { signal, timeout: options.timeoutMs }),
        { ownMessages: params.messages.length - request.input.messages.length },
      );
      return toOpenAiCompletion(response, request.input);
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
