import { type ChatRequest, SHORT_DESCRIPTION, type Tool } from "@agathaai/core/inference";
import { effortFor } from "@agathaai/core/models";
import type { ProviderModule } from "../live-protocol";
import { type ProviderRequest, present } from "../provider";
import { chatParameters, chatToolChoice, jsonInstruction, toChatMessages } from "../wire/chat-completions";
import { type ChatParams, chatModule } from "../wire/chat-module";
import { openAiEmbeddings } from "../wire/embeddings";
import { chatNames, type ToolNames, toolNames } from "../wire/tool-names";

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
      tools: input.tools?.map((tool) => toChatTool(tool, names)),
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

export const openAi: ProviderModule = {
  ...chatModule({ name: "openai", toParams: toOpenAiParams }),
  embeddings: openAiEmbeddings,
};
