import type { ChatMessage, ChatRequest } from "@agathaai/core/inference";
import { effortFor, type ReasoningEffort } from "@agathaai/core/models";
import type { FunctionTool } from "openai/resources/responses/responses";
import { type ProviderRequest, present } from "../provider";
import { jsonInstruction } from "../wire/chat-completions";
import { speakersDiffer } from "../wire/participants";
import { chatCallId } from "../wire/tool-call-ids";
import { chatNames, type ToolNames, toolNames } from "../wire/tool-names";
import { type ReasoningOwner, readIdWithReasoning } from "./encrypted-reasoning";
import { toOpenAiTool } from "./openai-tool";

type TextPart = { type: "input_text" | "output_text"; text: string };
type ImagePart = { type: "input_image"; image_url: string; detail: "auto" | "low" | "high" };

/** Items of a conversation that nothing was kept of: without the ids under which OpenAI would have kept them. */
export type ResponsesItem =
  | {
      type: "message";
      role: "system" | "developer" | "user" | "assistant";
      content: string | (TextPart | ImagePart)[];
      phase?: "commentary" | "final_answer";
    }
  | { type: "reasoning"; summary: []; encrypted_content: string }
  | { type: "function_call"; call_id: string; name: string; arguments: string }
  | { type: "function_call_output"; call_id: string; output: string | TextPart[] };

/** A chat request in the words of OpenAI's Responses API, of whose state nothing is used. */
export function toResponsesParams(
  { input, upstreamModel, maxOutputTokens }: ProviderRequest,
  apiKey: string,
) {
  const names = toolNames(input, chatNames);
  const messages = [...jsonInstruction(input), ...input.messages];
  const conversation = {
    names,
    owner: { upstreamModel, apiKey },
    namesAnswers: speakersDiffer(input.messages),
  };
  const effort = effortFor(upstreamModel, input.reasoning_effort);
  return {
    model: upstreamModel,
    input: messages.flatMap((message) => toItems(message, conversation)),
    max_output_tokens: maxOutputTokens,
    ...present({
      temperature: input.temperature,
      top_p: input.top_p,
      text: textFormat(input.response_format),
      tools: input.tools?.map((tool): FunctionTool => {
        const { type, function: flat } = toOpenAiTool(tool, names);
        const { parameters } = flat;
        // Left out, it would be strict here.
        return { type, ...flat, parameters, strict: flat.strict ?? false };
      }),
      tool_choice: toolChoice(input.tool_choice, names),
      parallel_tool_calls: input.tools && input.parallel_tool_calls === false ? false : undefined,
      reasoning: reasoningOf(effort, input.include_reasoning),
    }),
    include: ["reasoning.encrypted_content"],
    store: false,
    // Our account's own setting could be a dearer tier, which the customer did not ask for.
    service_tier: "default",
  };
}

/** What it thought is shown as a summary alone, and that only to who asks. */
function reasoningOf(effort: ReasoningEffort | undefined, shown: boolean | undefined) {
  if (effort === undefined && shown !== true) return undefined;
  return present({ effort, summary: shown === true ? ("auto" as const) : undefined });
}

interface Conversation {
  names: ToolNames;
  owner: ReasoningOwner;
  namesAnswers: boolean;
}

function toItems(message: ChatMessage, conversation: Conversation): ResponsesItem[] {
  switch (message.role) {
    case "system":
    case "developer":
    case "user": {
      const { role, name } = message;
      const content = named(
        name,
        typeof message.content === "string" ? message.content : partsOf(message.content),
      );
      return [{ type: "message", role, content }];
    }
    case "assistant":
      return answerItems(message, conversation);
    case "tool": {
      const { id } = readIdWithReasoning(conversation.owner, message.tool_call_id);
      const { content } = message;
      const output = typeof content === "string" ? content : textParts(content, "input_text");
      return [{ type: "function_call_output", call_id: chatCallId(id), output }];
    }
  }
}

function answerItems(
  { content, tool_calls: calls = [], name }: Extract<ChatMessage, { role: "assistant" }>,
  { names, owner, namesAnswers }: Conversation,
): ResponsesItem[] {
  const read = calls.map((call) => ({ call, ...readIdWithReasoning(owner, call.id) }));
  const called = read.flatMap(({ call, id, encrypted }, index): ResponsesItem[] => [
    // Reasoning comes before the text it led to.
    ...(index === 0 ? [] : encrypted.map(toReasoning)),
    {
      type: "function_call",
      call_id: chatCallId(id),
      name: names.toProvider(call.function.name),
      arguments: call.function.arguments || "{}",
    },
  ]);
  const said = typeof content === "string" ? content : textParts(content ?? [], "output_text");
  const text = named(namesAnswers ? name : undefined, said);
  const phase = calls.length > 0 ? "commentary" : "final_answer";
  return [
    ...(read[0]?.encrypted ?? []).map(toReasoning),
    ...(said.length === 0
      ? []
      : [{ type: "message" as const, role: "assistant" as const, content: text, phase } as const]),
    ...called,
  ];
}

function toReasoning(encrypted: string): ResponsesItem {
  return { type: "reasoning", summary: [], encrypted_content: encrypted };
}

/** The protocol has no field for who speaks. */
function named<Part>(name: string | undefined, content: string | Part[]): string | (Part | TextPart)[] {
  if (name === undefined || content.length === 0) return content;
  if (typeof content === "string") return `${name}: ${content}`;
  return [{ type: "input_text", text: `${name}:` }, ...content];
}

type UserParts = Exclude<Extract<ChatMessage, { role: "user" }>["content"], string>;

/** Empty texts are refused. */
function partsOf(parts: UserParts): (TextPart | ImagePart)[] {
  return parts
    .filter((part) => part.type === "image_url" || part.text !== "")
    .map((part) =>
      part.type === "text"
        ? { type: "input_text", text: part.text }
        : { type: "input_image", image_url: part.image_url.url, detail: part.image_url.detail ?? "auto" },
    );
}

function textParts(parts: readonly { text: string }[], type: TextPart["type"]): TextPart[] {
  return parts.filter(({ text }) => text !== "").map(({ text }) => ({ type, text }));
}

function textFormat(format: ChatRequest["response_format"]) {
  if (format === undefined) return undefined;
  if (format.type !== "json_schema") return { format };
  const { strict = false, ...schema } = format.json_schema;
  return { format: { type: format.type, ...present(schema), strict } };
}

function toolChoice(choice: ChatRequest["tool_choice"], names: ToolNames) {
  if (typeof choice !== "object") return choice;
  return { type: choice.type, name: names.toProvider(choice.function.name) };
}
