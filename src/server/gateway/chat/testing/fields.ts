/**
 * Every field that clients of OpenAI send, and what becomes of it by each way at each provider: it is in the request that the
 * provider got, or kept by us, or the answer's header names it, or the call is refused with it in `param`.
 */

type Column = "openai" | "responses" | "gemini" | "deepseek";
export const models: Record<Column, string> = {
  openai: "gpt-4o",
  responses: "gpt-6.2-sol",
  gemini: "gemini-3.8-flash",
  deepseek: "deepseek-flash",
};

/** A path in the provider's request that must hold something, or the rest of it. */
type Handling = `sent ${string}` | "refused" | "named" | "kept";
interface Field {
  name: string;
  body: Record<string, unknown>;
  /** In this order: OpenAI by Chat Completions, by its Responses API, Gemini, DeepSeek. */
  v1: [Handling, Handling, Handling, Handling];
  queue: [Handling, Handling, Handling, Handling];
}

const schema = {
  type: "object",
  properties: { place: { type: "string" } },
  required: ["place"],
  additionalProperties: false,
};
export const tool = { type: "function", function: { name: "get_weather", parameters: schema } };
const url =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const image = [{ role: "user", content: [{ type: "image_url", image_url: { url } }] }];
const refused: Field["v1"] = ["refused", "refused", "refused", "refused"];

export const fields: readonly Field[] = [
  { name: "n", body: { n: 2 }, v1: ["sent n", "refused", "refused", "refused"], queue: refused },
  {
    name: "logprobs",
    body: { logprobs: true },
    v1: ["sent logprobs", "refused", "refused", "sent logprobs"],
    queue: refused,
  },
  {
    name: "response_format",
    body: { response_format: { type: "json_schema", json_schema: { name: "w", schema, strict: true } } },
    ...both(
      "sent response_format.json_schema.schema",
      "sent text.format.schema",
      "sent generationConfig.responseMimeType",
      "refused",
    ),
  },
  {
    name: "tools",
    body: { tools: [tool] },
    ...both(
      "sent tools.0.function",
      "sent tools.0.name",
      "sent tools.0.functionDeclarations",
      "sent tools.0.function",
    ),
  },
  {
    name: "tools[].function.strict",
    body: { tools: [{ ...tool, function: { ...tool.function, strict: true } }] },
    ...both("sent tools.0.function.strict", "sent tools.0.strict", "named", "named"),
  },
  {
    name: "messages",
    body: { messages: image },
    ...both(
      "sent messages.0.content.0.image_url",
      "sent input.0.content.0.image_url",
      "sent contents.0.parts.0.inlineData",
      "sent messages.0.content.0.image_url",
    ),
  },
  {
    name: "max_completion_tokens",
    body: { max_completion_tokens: 64 },
    ...both(
      "sent max_tokens",
      "sent max_output_tokens",
      "sent generationConfig.maxOutputTokens",
      "sent max_tokens",
    ),
  },
  {
    name: "stop",
    body: { stop: ["END"] },
    ...both("sent stop", "refused", "sent generationConfig.stopSequences", "sent stop"),
  },
  {
    name: "seed",
    body: { seed: 7 },
    v1: ["sent seed", "refused", "sent generationConfig.seed", "refused"],
    queue: ["sent seed", "refused", "sent generationConfig.seed", "named"],
  },
  {
    name: "user",
    body: { user: "ada" },
    v1: ["sent user", "sent user", "named", "named"],
    queue: ["named", "named", "named", "named"],
  },
  {
    name: "include_reasoning",
    body: { reasoning_effort: "low", include_reasoning: true },
    // DeepSeek has no word for it: its thoughts come anyway.
    ...both(
      "refused",
      "sent reasoning.summary",
      "sent generationConfig.thinkingConfig.includeThoughts",
      "sent reasoning_effort",
    ),
  },
  {
    name: "reasoning_effort",
    body: { reasoning_effort: "low" },
    v1: ["refused", "sent reasoning.effort", "sent generationConfig.thinkingConfig", "sent reasoning_effort"],
    queue: [
      "named",
      "sent reasoning.effort",
      "sent generationConfig.thinkingConfig",
      "sent reasoning_effort",
    ],
  },
  {
    name: "thinking",
    body: { thinking: { type: "enabled" } },
    ...both("refused", "refused", "refused", "sent thinking"),
  },
  ...[
    { effort: "low" },
    { max_tokens: 2_000 },
    { enabled: true },
    { effort: "low", exclude: false, summary: "auto" },
  ].map(
    (reasoning): Field => ({
      name: "reasoning",
      body: { reasoning },
      ...both(
        "refused",
        "sent reasoning.summary",
        "sent generationConfig.thinkingConfig.includeThoughts",
        "sent reasoning_effort",
      ),
    }),
  ),
  ...["google", "extra_body"].map((name): Field => {
    const google = { thinking_config: { thinking_level: "low", include_thoughts: true } };
    return {
      name,
      body: name === "google" ? { google } : { extra_body: { google } },
      ...both("refused", "refused", "sent generationConfig.thinkingConfig.includeThoughts", "refused"),
    };
  }),
  {
    name: "service_tier",
    body: { service_tier: "priority" },
    v1: ["sent service_tier", "sent service_tier", "refused", "refused"],
    queue: refused,
  },
  {
    name: "store",
    body: { store: true },
    v1: ["kept", "kept", "kept", "kept"],
    queue: ["named", "named", "named", "named"],
  },
  {
    name: "metadata",
    body: { store: true, metadata: { team: "search" } },
    ...both("kept", "kept", "kept", "kept"),
  },
  {
    name: "prediction",
    body: { prediction: { type: "content", content: "Agate" } },
    v1: ["sent prediction", "refused", "refused", "refused"],
    queue: refused,
  },
  {
    name: "parallel_tool_calls",
    body: { tools: [tool], parallel_tool_calls: false },
    // Gemini and DeepSeek have no such switch: of several calls the first is kept (`withinCalls`).
    ...both("sent parallel_tool_calls", "sent parallel_tool_calls", "sent tools", "sent tools"),
  },
];

function both(...handlings: Field["v1"]): Pick<Field, "v1" | "queue"> {
  return { v1: handlings, queue: handlings };
}
