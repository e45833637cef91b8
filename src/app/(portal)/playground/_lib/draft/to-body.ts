import type { InferenceInput } from "@agathaai/core/inference";
import { readCount, readDecimal } from "@/shared/typed/count";
import { readSchema } from "../json/check-schema";
import type { TextProblem } from "../json/read-json";
import type { Draft, DraftMessage, DraftTool } from "./draft";

/** A call without its model: the same for every column. */
export type Body = Omit<InferenceInput, "model">;

export interface ToolErrors {
  name?: string;
  parameters?: TextProblem;
}

export interface DraftErrors {
  messages?: string;
  maxTokens?: string;
  temperature?: string;
  topP?: string;
  seed?: string;
  stop?: string;
  schemaName?: string;
  schema?: TextProblem;
  /** By the tool's id in the draft. */
  tools?: Record<number, ToolErrors>;
}

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

const MAX_STOPS = 4;
const NAME = /^[A-Za-z0-9_-]{1,64}$/;
const NAME_RULE = "1 to 64 letters, digits, underscores or dashes";

/**
 * The draft as the body of an API call, and its errors. With errors, the body leaves the wrong fields out, so that the
 * code samples never go blank while typing.
 */
export function toBody(draft: Draft): { body: Body; errors: DraftErrors } {
  const errors: DraftErrors = {};
  const number = (field: keyof typeof ranges) => {
    const value = readNumber(draft[field], ranges[field]);
    if (typeof value !== "string") return value;
    errors[field] = value;
    return undefined;
  };
  if (draft.messages.some(isEmpty)) errors.messages = "Enter text in each message, or remove it";
  const stop = draft.stop.split("\n").filter((line) => line !== "");
  if (stop.length > MAX_STOPS) errors.stop = `At most ${MAX_STOPS} sequences`;

  const body: Body = {
    messages: [
      ...(draft.system.trim() === "" ? [] : [{ role: "system" as const, content: draft.system }]),
      ...draft.messages.map(toMessage),
    ],
    ...given("max_tokens", number("maxTokens")),
    ...given("temperature", number("temperature")),
    ...given("top_p", number("topP")),
    ...given("stop", stop.length === 0 ? undefined : stop.slice(0, MAX_STOPS)),
    ...given("seed", number("seed")),
    ...given("response_format", readFormat(draft, errors)),
    ...readTools(draft, errors),
    ...given("reasoning_effort", draft.effort === "" ? undefined : draft.effort),
    ...given("include_reasoning", draft.showThoughts ? true : undefined),
  };
  return { body, errors };
}

function given<Name extends string, Value>(name: Name, value: Value | undefined) {
  return value === undefined ? {} : ({ [name]: value } as Record<Name, Value>);
}

function isEmpty({ text, toolCalls }: DraftMessage): boolean {
  return text.trim() === "" && toolCalls === undefined;
}

function toMessage({
  role,
  text,
  thoughts,
  toolCalls,
  toolCallId,
}: DraftMessage): NonNullable<Body["messages"]>[number] {
  if (role === "tool") return { role, tool_call_id: toolCallId ?? "", content: text };
  if (role === "user") return { role, content: text };
  return {
    role,
    content: text === "" ? null : text,
    ...given("reasoning_content", thoughts),
    ...given("tool_calls", toolCalls),
  };
}

function readNumber(text: string, { min, max, whole = false }: Range): number | string | undefined {
  if (text.trim() === "") return undefined;
  const { value, problem } = (whole ? readCount : readDecimal)(text, { least: min, most: max });
  return problem ?? value;
}

function readFormat(draft: Draft, errors: DraftErrors): Body["response_format"] {
  if (draft.format === "json_object") return { type: "json_object" };
  if (draft.format === "text") return undefined;
  const read = readSchema(draft.schema, { strict: draft.schemaStrict });
  if ("problem" in read) errors.schema = read.problem;
  const named = NAME.test(draft.schemaName);
  if (!named) errors.schemaName = NAME_RULE;
  if ("problem" in read || !named) return undefined;
  const schema = read.schema as Record<string, never>;
  return { type: "json_schema", json_schema: { name: draft.schemaName, schema, strict: draft.schemaStrict } };
}

function readTools(draft: Draft, errors: DraftErrors): Pick<Body, "tools" | "tool_choice"> {
  const tools: NonNullable<Body["tools"]> = [];
  const toolErrors: Record<number, ToolErrors> = {};
  for (const tool of draft.tools) {
    const { entry, errors: ofTool } = readTool(tool, draft.tools);
    if (entry !== undefined) tools.push(entry);
    if (Object.keys(ofTool).length > 0) toolErrors[tool.id] = ofTool;
  }
  if (Object.keys(toolErrors).length > 0) errors.tools = toolErrors;
  if (tools.length === 0) return {};
  return { tools, ...given("tool_choice", toToolChoice(draft.toolChoice, tools)) };
}

function readTool({ id, name, description, parameters, strict }: DraftTool, all: readonly DraftTool[]) {
  const errors: ToolErrors = {};
  if (!NAME.test(name)) errors.name = NAME_RULE;
  else if (all.some((other) => other.id !== id && other.name === name))
    errors.name = "Another function has this name";
  const read = parameters.trim() === "" ? { schema: undefined } : readSchema(parameters, { strict });
  if ("problem" in read) errors.parameters = read.problem;
  if (errors.name !== undefined || "problem" in read) return { entry: undefined, errors };
  const entry = {
    type: "function" as const,
    function: {
      name,
      ...given("description", description.trim() === "" ? undefined : description),
      ...given("parameters", read.schema as Record<string, never> | undefined),
      ...given("strict", strict ? true : undefined),
    },
  };
  return { entry, errors };
}

export const FUNCTION_CHOICE = "function:";

function toToolChoice(choice: string, tools: NonNullable<Body["tools"]>): Body["tool_choice"] {
  if (choice === "none" || choice === "required") return choice;
  if (!choice.startsWith(FUNCTION_CHOICE)) return undefined;
  const name = choice.slice(FUNCTION_CHOICE.length);
  const known = tools.some((tool) => tool.function.name === name);
  return known ? { type: "function", function: { name } } : undefined;
}
