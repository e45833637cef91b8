import type { ToolCall } from "@agathaai/core/inference";

export const MOST_MODELS = 4;

export const answerFormats = [
  { value: "text", label: "Text" },
  { value: "json_object", label: "JSON" },
  { value: "json_schema", label: "JSON schema" },
] as const;
export type AnswerFormat = (typeof answerFormats)[number]["value"];

/** One model of a comparison: its question is the others' too, its answer is its own. */
export interface DraftColumn {
  id: number;
  model: string;
}

export interface DraftMessage {
  id: number;
  role: "user" | "assistant" | "tool";
  text: string;
  /** What an assistant message asked for. */
  toolCalls?: ToolCall[];
  /** Of a tool message: the call that it answers, and the name of its function. */
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

/** What the playground's controls hold; numbers are text until they are sent. */
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
};

/** What a first visit begins with. */
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
