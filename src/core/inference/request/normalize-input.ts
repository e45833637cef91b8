import type { ChatMessage, ChatRequest, ResponseFormat, Tool } from "./chat";
import type { InferenceInput } from "./input-schema";

type WireMessage = NonNullable<InferenceInput["messages"]>[number];
type WireUser = Extract<WireMessage, { role: "user" }>;
type UserContent = Extract<ChatMessage, { role: "user" }>["content"];
type WireAssistant = Extract<WireMessage, { role: "assistant" }>;

/**
 * Turns the wire's shape into the internal one: the `prompt` shorthand becomes a user message, null an absent field, an
 * echoed refusal the content it was. Messages, parts, tools and calls keep their index, so that a later refusal names
 * the field as the customer wrote it. The environment is not part of it; the row has a column of its own.
 */
export function normalizeInput(input: InferenceInput): ChatRequest {
  const { stop } = input;
  return withoutNull({
    model: input.model,
    models: input.models?.length ? input.models : undefined,
    messages: input.messages?.map(toMessage) ?? [{ role: "user" as const, content: input.prompt ?? "" }],
    max_tokens: input.max_tokens ?? input.max_completion_tokens,
    temperature: input.temperature,
    top_p: input.top_p,
    stop: Array.isArray(stop) && stop.length === 0 ? undefined : stop,
    seed: input.seed,
    response_format: toFormat(input.response_format),
    tools: input.tools?.map(toTool),
    tool_choice: input.tool_choice,
    parallel_tool_calls: input.tools ? input.parallel_tool_calls : undefined,
    reasoning_effort: input.reasoning_effort,
    include_reasoning: input.include_reasoning,
    metadata: input.metadata,
  });
}

function toMessage(message: WireMessage): ChatMessage {
  switch (message.role) {
    case "assistant":
      return toAssistant(message);
    case "tool":
      return { role: "tool", tool_call_id: message.tool_call_id, content: message.content };
    case "user":
      return withoutNull({ role: "user" as const, content: toContent(message.content), name: message.name });
    case "system":
      return withoutNull({ role: "system" as const, content: message.content, name: message.name });
    case "developer":
      return withoutNull({ role: "developer" as const, content: message.content, name: message.name });
  }
}

function toContent(content: WireUser["content"]): UserContent {
  if (typeof content === "string") return content;
  return content.map((part) =>
    part.type === "text" ? part : { type: part.type, image_url: withoutNull(part.image_url) },
  );
}

function toAssistant({
  content,
  refusal,
  reasoning_content,
  tool_calls: calls,
  name,
}: WireAssistant): ChatMessage {
  const parts = (Array.isArray(content) ? content : [{ type: "text" as const, text: content ?? "" }])
    .map((part) => (part.type === "text" ? part.text : part.refusal))
    .concat(refusal ?? "");
  const said = parts.filter((part) => part !== "");
  return withoutNull({
    role: "assistant" as const,
    content:
      said.length > 1 ? said.map((each) => ({ type: "text" as const, text: each })) : (said[0] ?? null),
    reasoning_content,
    tool_calls: calls?.length
      ? calls.map(({ id, function: called }) => ({ id, type: "function" as const, function: called }))
      : undefined,
    name,
  });
}

function toTool({ type, function: { name, description, parameters, strict } }: WireTool): Tool {
  return { type, function: withoutNull({ name, description, parameters, strict }) };
}

type WireTool = NonNullable<InferenceInput["tools"]>[number];

function toFormat(format: InferenceInput["response_format"]): ResponseFormat | undefined {
  if (format?.type !== "json_schema") return format ?? undefined;
  const { name, description, schema, strict } = format.json_schema;
  return { type: format.type, json_schema: withoutNull({ name, description, schema, strict }) };
}

type NullableKeys<T> = {
  [K in keyof T]: null extends T[K] ? K : undefined extends T[K] ? K : never;
}[keyof T];
type WithoutNull<T> = Omit<T, NullableKeys<T>> & { [K in NullableKeys<T>]?: NonNullable<T[K]> };

/** At this level only: deeper nulls are the customer's (a schema's `default`, an enum's member). */
function withoutNull<T extends object>(object: T): WithoutNull<T> {
  const kept: Partial<T> = {};
  for (const name of Object.keys(object) as (keyof T)[]) {
    const value = object[name];
    if (value !== null && value !== undefined) kept[name] = value;
  }
  return kept as WithoutNull<T>;
}
