import type { ToolCall } from "@agathaai/core/inference";
import type { Output } from "../answer";

export const MAX_MODELS = 4;

export const answerFormats = [
  { value: "text", label: "Text" },
  { value: "json_object", label: "JSON" },
  { value: "json_schema", label: "JSON schema" },
] as const;
export type AnswerFormat = (typeof answerFormats)[number]["value"];

export const deliveries = [
  { value: "stream", label: "Streamed as it is written" },
  { value: "queue", label: "From the queue, once complete" },
] as const;
/** "" leaves it to the model. */
export const efforts = ["", "none", "minimal", "low", "medium", "high", "xhigh", "max"] as const;
export type Effort = (typeof efforts)[number];

export type Delivery = (typeof deliveries)[number]["value"];

/** One model of a comparison: all columns share the prompt, each has its own answer. */
export interface DraftColumn {
  id: number;
  model: string;
}

export interface DraftMessage {
  id: number;
  role: "user" | "assistant" | "tool";
  text: string;
  /** What the model thought before an assistant message: DeepSeek wants it back between calls of tools. */
  thoughts?: string;
  /** The tool calls of an assistant message. */
  toolCalls?: ToolCall[];
  /** Of a tool message: the call it replies to, and that call's function. */
  toolCallId?: string;
  toolName?: string;
}

export interface DraftTool {
  id: number;
  name: string;
  description: string;
  /** A JSON Schema as text. */
  parameters: string;
  strict: boolean;
}

/** The values of the playground's controls; numbers stay text until they are sent. */
export interface Draft {
  columns: DraftColumn[];
  system: string;
  messages: DraftMessage[];
  maxTokens: string;
  temperature: string;
  topP: string;
  stop: string;
  seed: string;
  format: AnswerFormat;
  schemaName: string;
  schema: string;
  schemaStrict: boolean;
  tools: DraftTool[];
  /** "" leaves the choice to the model; else `none`, `required`, or `function:` and a name. */
  toolChoice: string;
  delivery: Delivery;
  effort: Effort;
  /** What the models think is asked for. */
  showThoughts: boolean;
}

const exampleSchema = `{
  "type": "object",
  "properties": {
    "name": { "type": "string" },
    "hardness": { "type": "number" }
  },
  "required": ["name", "hardness"],
  "additionalProperties": false
}`;

export const emptyDraft: Draft = {
  columns: [],
  system: "",
  messages: [{ id: 1, role: "user", text: "" }],
  maxTokens: "",
  temperature: "",
  topP: "",
  stop: "",
  seed: "",
  format: "text",
  schemaName: "answer",
  schema: exampleSchema,
  schemaStrict: true,
  tools: [],
  toolChoice: "",
  delivery: "stream",
  effort: "",
  showThoughts: false,
};

/** The draft of a first visit. */
export function firstDraft(model: string): Draft {
  return {
    ...emptyDraft,
    columns: [{ id: 1, model }],
    messages: [{ id: 1, role: "user", text: "Why does an agate have bands? Answer in two sentences." }],
  };
}

export function nextId(items: readonly { id: number }[]): number {
  return Math.max(0, ...items.map(({ id }) => id)) + 1;
}

/** The conversation with an answer appended, and an empty message for what comes next: a reply to each call, or a user message. */
export function continueConversation(
  messages: readonly DraftMessage[],
  { content, tool_calls, reasoning_content }: Output,
): DraftMessage[] {
  const id = nextId(messages);
  const answer: DraftMessage = {
    id,
    role: "assistant",
    text: content ?? "",
    ...(reasoning_content && { thoughts: reasoning_content }),
    ...(tool_calls && { toolCalls: tool_calls }),
  };
  if (tool_calls === undefined) return [...messages, answer, { id: id + 1, role: "user", text: "" }];
  const replies = tool_calls.map((call, index) => ({
    id: id + 1 + index,
    role: "tool" as const,
    text: "",
    toolCallId: call.id,
    toolName: call.function.name,
  }));
  return [...messages, answer, ...replies];
}
