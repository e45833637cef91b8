import type { ChatRequest } from "@agathaai/core/inference";
import { effortFor, openAiApi } from "@agathaai/core/models";
import type { ProviderModule } from "../live-protocol";
import { type ProviderRequest, present } from "../provider";
import { chatToolChoice, jsonInstruction, toChatMessages } from "../wire/chat-completions";
import { type ChatParams, chatModule } from "../wire/chat-module";
import { openAiEmbeddings } from "../wire/embeddings";
import { chatNames, toolNames } from "../wire/tool-names";
import { toOpenAiTool } from "./openai-tool";
import { responsesModule } from "./responses-module";

/** o-series and GPT-5 onwards refuse `max_tokens` and know the developer role; older models are the reverse. */
function isReasoningFamily(model: string): boolean {
  return /^(o\d|gpt-([5-9]|\d\d))/.test(model);
}

export function toOpenAiParams(request: ProviderRequest): ChatParams {
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
      tools: input.tools?.map((tool) => toOpenAiTool(tool, names)),
      tool_choice: chatToolChoice(input.tool_choice, names),
      parallel_tool_calls: input.tools && input.parallel_tool_calls === false ? false : undefined,
      reasoning_effort: effortFor(upstreamModel, input.reasoning_effort),
    }),
    // Customers' content is not kept for the provider's own dashboards and training.
    store: false,
    // Our account's own setting could be a dearer tier, which the customer did not ask for.
    service_tier: "default",
  };
}

function responseFormat(format: ChatRequest["response_format"]) {
  if (format?.type !== "json_schema") return format;
  return { type: format.type, json_schema: present(format.json_schema) };
}

/** Chat Completions alone, whatever is asked. */
export const openAiChat = chatModule({ name: "openai", toParams: toOpenAiParams });

/** The one of OpenAI's two APIs that takes this request; its answer is a chat completion either way. */
function apiFor({ upstreamModel, input }: ProviderRequest): ProviderModule {
  return openAiApi(upstreamModel, input) === "responses" ? responsesModule : openAiChat;
}

export const openAi: ProviderModule = {
  connect: (access) => {
    const chat = openAiChat.connect(access);
    const responses = responsesModule.connect(access);
    return {
      name: "openai",
      complete: (request, options) =>
        (apiFor(request) === responsesModule ? responses : chat).complete(request, options),
    };
  },
  live: {
    request: (call) => apiFor(call.request).live.request(call),
    reader: (call, ownMessages) => apiFor(call.request).live.reader(call, ownMessages),
    answer: (call, response) => apiFor(call.request).live.answer(call, response),
  },
  embeddings: openAiEmbeddings,
};
