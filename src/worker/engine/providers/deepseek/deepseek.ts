import type { ChatMessage, ChatRequest } from "@agathaai/core/inference";
import { effortFor, type ReasoningEffort } from "@agathaai/core/models";
import { type ProviderRequest, present } from "../provider";
import { chatParameters, chatToolChoice, jsonInstruction, toChatMessages } from "../wire/chat-completions";
import { type ChatParams, chatModule } from "../wire/chat-module";
import { chatNames, toolNames } from "../wire/tool-names";

/** DeepSeek's own switch beside the protocol: its V4 models think unless told not to. */
type DeepSeekParams = ChatParams & { thinking?: { type: "enabled" | "disabled" } };

/** The three it has, by what it takes the others for (api-docs.deepseek.com/guides/thinking_mode). */
const efforts: Record<Exclude<ReasoningEffort, "none">, "low" | "high" | "max"> = {
  minimal: "low",
  low: "low",
  medium: "high",
  high: "high",
  xhigh: "high",
  max: "max",
};

/**
 * DeepSeek speaks OpenAI's protocol with `max_tokens`, no seed, no developer role and no JSON schema: a schema becomes
 * JSON mode with the schema among the instructions.
 */
export function toDeepSeekParams(request: ProviderRequest): DeepSeekParams {
  const { input, upstreamModel, maxOutputTokens } = request;
  const names = toolNames(input, chatNames);
  const effort = effortFor(upstreamModel, input.reasoning_effort ?? request.defaultEffort);
  const thoughts = effort === undefined || effort === "none" ? undefined : thoughtsOf(input);
  const wantsJson = input.response_format !== undefined && input.response_format.type !== "text";
  return {
    model: upstreamModel,
    messages: toChatMessages(
      [...instructions(input), ...input.messages.map(toPlainText)],
      { developerRole: "system", ...present({ thoughts }) },
      names,
    ),
    max_tokens: maxOutputTokens,
    ...thinking(effort),
    ...present({
      temperature: input.temperature,
      top_p: input.top_p,
      stop: input.stop,
      response_format: wantsJson ? { type: "json_object" as const } : undefined,
      tools: input.tools?.map(({ type, function: { strict: _strict, ...tool } }) => ({
        type,
        function: present({ ...tool, name: names.toProvider(tool.name), parameters: chatParameters(tool) }),
      })),
      tool_choice: chatToolChoice(input.tool_choice, names),
    }),
  };
}

function thinking(
  effort: ReasoningEffort | undefined,
): Pick<DeepSeekParams, "thinking" | "reasoning_effort"> {
  if (effort === undefined) return {};
  if (effort === "none") return { thinking: { type: "disabled" } };
  return { thinking: { type: "enabled" }, reasoning_effort: efforts[effort] };
}

/**
 * While it thinks, it refuses a conversation with tool calls whose answers lack the thoughts behind them; clients of
 * OpenAI's do not keep those. An empty text passes. Without tool calls it ignores them.
 */
function thoughtsOf({ messages }: ChatRequest) {
  const calls = messages.some((message) => message.role === "assistant" && message.tool_calls !== undefined);
  return ({ reasoning_content }: { reasoning_content?: string | undefined }) =>
    reasoning_content ?? (calls ? "" : undefined);
}

function instructions(input: ChatRequest): ChatMessage[] {
  const { response_format: format } = input;
  if (format?.type !== "json_schema") return jsonInstruction(input);
  const { description, schema } = format.json_schema;
  const about = description === undefined ? "" : `${description}\n`;
  const content = `${about}Answer with one JSON document that is valid under this schema:\n${JSON.stringify(schema)}`;
  return [{ role: "system", content }];
}

/** Its text models take strings only; lists of parts are for messages with images. */
function toPlainText(message: ChatMessage): ChatMessage {
  if (!Array.isArray(message.content)) return message;
  const texts = message.content.flatMap((part) => (part.type === "text" ? [part.text] : []));
  if (texts.length < message.content.length) return message;
  return { ...message, content: texts.filter((text) => text !== "").join("\n\n") };
}

export const deepSeek = chatModule({ name: "deepseek", toParams: toDeepSeekParams });
