import { isCustomerField } from "./customer-field";
import type { ProviderName } from "./errors";
import type { WireError } from "./wire-error";

/**
 * The field of the customer's that a provider refused, by the customer's name for it; undefined where it names none.
 * @param ownMessages how many messages we put before the customer's.
 */
export function refusedParam(
  provider: ProviderName,
  error: WireError | undefined,
  ownMessages: number,
): string | undefined {
  for (const named of namedBy(error)) {
    const path = provider === "gemini" ? fromGemini(named) : shift(fromChat(named), ownMessages);
    if (path !== undefined && isCustomerField(path)) return path;
  }
  return undefined;
}

function* namedBy(error: WireError | undefined): Generator<string> {
  if (error === undefined) return;
  if (error.param) yield error.param;
  for (const detail of error.details) {
    const violations: unknown = detail.fieldViolations;
    for (const violation of Array.isArray(violations) ? violations : []) {
      if (typeof violation?.field === "string") yield violation.field;
    }
  }
  const { message } = error;
  for (const pattern of [
    /\bat '([^']{1,200})'/,
    /GenerateContentRequest\.([\w.[\]]{1,200})/,
    /(?:Invalid|parameter:?|value for) '([\w.[\]-]{1,200})'/i,
    /target type: ([\w.[\]]{1,200}):/,
    /^Invalid (\w{1,40}) value/,
  ]) {
    const [, named] = pattern.exec(message) ?? [];
    if (named !== undefined) yield named;
  }
}

const chatFields: [RegExp, string][] = [
  [/^(max_completion_tokens|max_output_tokens)\b/, "max_tokens"],
  // The Responses API's own names. Its items are not the customer's messages one by one.
  [/^input\b.*/s, "messages"],
  // OpenAI shows summaries to organizations that it has verified alone.
  [/^reasoning\.summary\b.*/s, "include_reasoning"],
  [/^reasoning\b.*/s, "reasoning_effort"],
  [/^text\.format\.schema\b/, "response_format.json_schema.schema"],
  [/^text\b.*/s, "response_format"],
  [/^(tools\[\d+\])\.(name|description|parameters|strict)\b/, "$1.function.$2"],
];

function fromChat(path: string): string {
  const [pattern, name] = chatFields.find(([field]) => field.test(path)) ?? [];
  return pattern === undefined || name === undefined ? path : path.replace(pattern, name);
}

function shift(path: string, by: number): string | undefined {
  const [, index] = /^messages\[(\d+)\]/.exec(path) ?? [];
  if (index === undefined) return path;
  if (Number(index) < by) return undefined;
  return path.replace(/^messages\[\d+\]/, `messages[${Number(index) - by}]`);
}

const geminiFields: Record<string, string> = {
  contents: "messages",
  system_instruction: "messages",
  tool_config: "tool_choice",
  max_output_tokens: "max_tokens",
  temperature: "temperature",
  top_p: "top_p",
  stop_sequences: "stop",
  seed: "seed",
  thinking_config: "reasoning_effort",
  response_schema: "response_format.json_schema.schema",
  response_json_schema: "response_format.json_schema.schema",
  response_mime_type: "response_format",
  media_resolution: "messages",
};

/** Google's path, in either of its spellings. Its turns are not the customer's messages one by one. */
function fromGemini(path: string): string | undefined {
  const snake = path.replace(/([a-z])([A-Z])/g, "$1_$2").toLowerCase();
  const [, tool, field = ""] = /^tools\[\d+\]\.function_declarations\[(\d+)\](?:\.(\w+))?/.exec(snake) ?? [];
  if (tool !== undefined) {
    const known =
      { name: ".name", description: ".description" }[field] ?? (field === "" ? "" : ".parameters");
    return `tools[${tool}].function${known}`;
  }
  const [first = "", second = ""] = snake.split(/[.[]/);
  return geminiFields[first === "generation_config" ? second : first];
}
