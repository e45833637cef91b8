import type { ChatRequest } from "@agathaai/core/inference";

export const everything: ChatRequest = {
  model: "any",
  messages: [
    { role: "system", content: "Be brief." },
    { role: "developer", content: [{ type: "text", text: "Use metric units." }] },
    {
      role: "user",
      content: [
        { type: "text", text: "What is this?" },
        { type: "image_url", image_url: { url: "data:image/png;base64,iVBORw0KGgo=", detail: "low" } },
        { type: "image_url", image_url: { url: "https://example.com/a.webp?x=1" } },
      ],
    },
    {
      role: "assistant",
      content: "Let me look.",
      tool_calls: [
        { id: "call_1", type: "function", function: { name: "weather", arguments: '{"city":"Oslo"}' } },
        { id: "call_2", type: "function", function: { name: "clock", arguments: "not json" } },
      ],
    },
    { role: "tool", tool_call_id: "call_1", content: '{"celsius":4}' },
    { role: "tool", tool_call_id: "call_2", content: "12:00" },
  ],
  temperature: 0.5,
  top_p: 0.9,
  stop: "END",
  seed: 7,
  tools: [
    {
      type: "function",
      function: {
        name: "weather",
        description: "The weather.",
        parameters: { type: "object", properties: { city: { type: "string" } }, additionalProperties: false },
        strict: true,
      },
    },
    { type: "function", function: { name: "clock", parameters: { type: "object", properties: {} } } },
  ],
  tool_choice: { type: "function", function: { name: "weather" } },
  response_format: {
    type: "json_schema",
    json_schema: {
      name: "reply",
      schema: { type: "object", properties: { a: { type: "integer" } } },
      strict: true,
    },
  },
};
export const textOnly: ChatRequest = {
  ...everything,
  messages: everything.messages.map((message) =>
    message.role === "user" ? { role: "user", content: "What is this?" } : message,
  ),
};
/** Gemini takes arguments as an object only. */
export const wholeArguments: ChatRequest = {
  ...everything,
  messages: everything.messages.map((message) =>
    message.role !== "assistant" || !message.tool_calls
      ? message
      : {
          ...message,
          tool_calls: message.tool_calls.map((call) =>
            call.function.name === "clock" ? { ...call, function: { name: "clock", arguments: "" } } : call,
          ),
        },
  ),
};
export const ask = (input: ChatRequest, upstreamModel: string) => ({
  input,
  upstreamModel,
  maxOutputTokens: 256,
});
