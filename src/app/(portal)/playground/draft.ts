import type { InferenceInput } from "@agathaai/core/inference";

export const answerFormats = [
  { value: "text", label: "Text" },
  { value: "json_object", label: "JSON" },
  { value: "json_schema", label: "JSON by a schema" },
] as const;
export type AnswerFormat = (typeof answerFormats)[number]["value"];

export interface DraftMessage {
  id: number;
  role: "user" | "assistant";
  text: string;
}

/** What the playground's controls hold; numbers are text until they are sent. */
export interface Draft {
  model: string;
  system: string;
  messages: DraftMessage[];
  maxTokens: string;
  temperature: string;
  topP: string;
  stop: string;
  seed: string;
  format: AnswerFormat;
  schema: string;
  tools: string;
}

export const exampleSchema = JSON.stringify(
  {
    name: "stone",
    schema: {
      type: "object",
      properties: { name: { type: "string" }, hardness: { type: "number" } },
      required: ["name", "hardness"],
      additionalProperties: false,
    },
    strict: true,
  },
  null,
  2,
);

export const exampleTools = JSON.stringify(
  [
    {
      type: "function",
      function: {
        name: "get_weather",
        description: "The weather at a place, now",
        parameters: { type: "object", properties: { place: { type: "string" } }, required: ["place"] },
      },
    },
  ],
  null,
  2,
);

export const firstDraft: Omit<Draft, "model"> = {
  system: "",
  messages: [{ id: 1, role: "user", text: "Why does an agate have bands? Answer in two sentences." }],
  maxTokens: "",
  temperature: "",
  topP: "",
  stop: "",
  seed: "",
  format: "text",
  schema: exampleSchema,
  tools: "",
};

export type DraftField = "messages" | "maxTokens" | "temperature" | "topP" | "seed" | "schema" | "tools";
export type DraftErrors = Partial<Record<DraftField, string>>;

interface Range {
  min: number;
  max: number;
  whole?: boolean;
}

const ranges = {
  maxTokens: { min: 1, max: 1_000_000, whole: true },
  temperature: { min: 0, max: 2 },
  topP: { min: 0.01, max: 1 },
  seed: { min: -2_147_483_648, max: 2_147_483_647, whole: true },
} satisfies Record<string, Range>;

function readNumber(text: string, { min, max, whole = false }: Range): number | string | undefined {
  if (text.trim() === "") return undefined;
  const number = Number(text);
  if (!Number.isFinite(number) || number < min || number > max || (whole && !Number.isInteger(number))) {
    const kind = whole ? "A whole number" : "A number";
    return `${kind} from ${min.toLocaleString("en-US")} to ${max.toLocaleString("en-US")}`;
  }
  return number;
}

function readJson(text: string, kind: "array" | "object"): { value: unknown } | { error: string } {
  try {
    const value: unknown = JSON.parse(text);
    const fits = kind === "array" ? Array.isArray(value) : typeof value === "object" && !Array.isArray(value);
    return fits && value !== null ? { value } : { error: `Must be a JSON ${kind}` };
  } catch (error) {
    return { error: error instanceof Error ? `Not JSON yet: ${error.message}` : "Not JSON yet" };
  }
}

/**
 * The body of the API call that the draft stands for, and what is wrong with it. The body is complete even beside
 * errors (the wrong fields left out), so that the code samples never go blank while one types.
 */
export function toBody(draft: Draft): { body: InferenceInput; errors: DraftErrors } {
  const errors: DraftErrors = {};
  const number = (field: keyof typeof ranges) => {
    const value = readNumber(draft[field], ranges[field]);
    if (typeof value !== "string") return value;
    errors[field] = value;
    return undefined;
  };

  const messages: InferenceInput["messages"] = [
    ...(draft.system.trim() === "" ? [] : [{ role: "system" as const, content: draft.system }]),
    ...draft.messages.map(({ role, text }) => ({ role, content: text })),
  ];
  if (draft.messages.some(({ text }) => text.trim() === ""))
    errors.messages = "Write something in each message, or remove it";

  const max_tokens = number("maxTokens");
  const temperature = number("temperature");
  const top_p = number("topP");
  const seed = number("seed");
  const stop = draft.stop.split("\n").filter((line) => line !== "");

  const body: Record<string, unknown> = {
    model: draft.model,
    messages,
    ...(max_tokens === undefined ? {} : { max_tokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(top_p === undefined ? {} : { top_p }),
    ...(stop.length === 0 ? {} : { stop }),
    ...(seed === undefined ? {} : { seed }),
  };

  if (draft.format === "json_object") body.response_format = { type: "json_object" };
  if (draft.format === "json_schema") {
    const schema = readJson(draft.schema, "object");
    if ("error" in schema) errors.schema = schema.error;
    else body.response_format = { type: "json_schema", json_schema: schema.value };
  }
  if (draft.tools.trim() !== "") {
    const tools = readJson(draft.tools, "array");
    if ("error" in tools) errors.tools = tools.error;
    else body.tools = tools.value;
  }
  return { body: body as InferenceInput, errors };
}
