/** How a provider says what the script tells it to, in its own protocol. */
export interface Wire {
  /** Whether the answer comes as events. */
  streams(call: { path: string; body: Record<string, unknown> }): boolean;
  whole(text: string): string;
  /** The event that only opens the answer, where there is one. */
  opening: string;
  /** The `count`-th piece of content. */
  piece(text: string, count: number): string;
  /** What comes behind the content. */
  rest: readonly { name: "finish" | "usage" | "done"; bytes: string }[];
}

/** What every scripted answer comes to, by its provider. */
export const scriptedUsage = { input: 11, output: 7 } as const;

const chatUsage = {
  prompt_tokens: scriptedUsage.input,
  completion_tokens: scriptedUsage.output,
  total_tokens: scriptedUsage.input + scriptedUsage.output,
};
const chatHead = { id: "chatcmpl-upstream", created: 1, model: "gpt-4o-2024-08-06" };
const chatFrame = (choices: object[], usage: object | null = null) =>
  `data: ${JSON.stringify({ ...chatHead, object: "chat.completion.chunk", choices, usage })}\n\n`;
const chatDelta = (delta: object, finish: string | null = null) =>
  chatFrame([{ index: 0, delta, finish_reason: finish }]);

/** Chat Completions, as OpenAI and DeepSeek speak it. */
const chatWire: Wire = {
  streams: ({ body }) => body.stream === true,
  whole: (content) =>
    JSON.stringify({
      ...chatHead,
      object: "chat.completion",
      choices: [
        {
          index: 0,
          message: { role: "assistant", content, refusal: null },
          logprobs: null,
          finish_reason: "stop",
        },
      ],
      usage: chatUsage,
    }),
  opening: chatDelta({ role: "assistant", content: "" }),
  piece: (content) => chatDelta({ content }),
  rest: [
    { name: "finish", bytes: chatDelta({}, "stop") },
    { name: "usage", bytes: chatFrame([], chatUsage) },
    { name: "done", bytes: "data: [DONE]\n\n" },
  ],
};

const geminiAnswer = (text: string, output: number, finishReason?: "STOP") =>
  JSON.stringify({
    candidates: [
      { index: 0, content: { role: "model", parts: [{ text }] }, ...(finishReason && { finishReason }) },
    ],
    usageMetadata: {
      promptTokenCount: scriptedUsage.input,
      candidatesTokenCount: output,
      totalTokenCount: scriptedUsage.input + output,
    },
    modelVersion: "gemini-upstream-001",
    responseId: "upstream",
  });

/** Gemini's: every event counts the tokens so far, a piece as one; the end of the stream says that the last was the last. */
const geminiWire: Wire = {
  streams: ({ path }) => path.includes("streamGenerateContent"),
  whole: (text) => geminiAnswer(text, scriptedUsage.output, "STOP"),
  opening: "",
  piece: (text, count) => `data: ${geminiAnswer(text, count)}\r\n\r\n`,
  rest: [
    { name: "finish", bytes: `data: ${geminiAnswer("", scriptedUsage.output, "STOP")}\r\n\r\n` },
    { name: "done", bytes: "" },
  ],
};

const responsesItem = (text: string) => ({
  type: "message",
  id: "msg_upstream",
  role: "assistant",
  status: "completed",
  content: [{ type: "output_text", text, annotations: [] }],
});
const response = (more: object) => ({
  ...{ id: "resp_upstream", object: "response", created_at: 1, model: "gpt-upstream-2026-11-17" },
  ...{ status: "completed", error: null, incomplete_details: null, output: [], ...more },
});
const responsesUsage = {
  input_tokens: scriptedUsage.input,
  input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
  output_tokens: scriptedUsage.output,
  output_tokens_details: { reasoning_tokens: 0 },
  total_tokens: scriptedUsage.input + scriptedUsage.output,
};
const responsesEvent = (type: string, fields: object) =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
const responsesPart = { output_index: 0, content_index: 0 };

/** OpenAI's Responses API: its last event alone says why it ended and what it came to. */
const responsesWire: Wire = {
  streams: ({ body }) => body.stream === true,
  whole: (text) => JSON.stringify(response({ output: [responsesItem(text)], usage: responsesUsage })),
  opening: responsesEvent("response.created", { response: response({ status: "in_progress" }) }),
  piece: (delta) => responsesEvent("response.output_text.delta", { ...responsesPart, delta }),
  rest: [
    {
      name: "finish",
      bytes: responsesEvent("response.completed", { response: response({ usage: responsesUsage }) }),
    },
    { name: "done", bytes: "" },
  ],
};

export function wireOf(path: string): Wire {
  if (path.startsWith("/v1beta/")) return geminiWire;
  return path.endsWith("/responses") ? responsesWire : chatWire;
}
