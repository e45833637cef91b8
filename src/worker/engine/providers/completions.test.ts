import type { ChatRequest, Completion } from "@agathaai/core/inference";
import { describe, expect, it } from "vitest";
import { toGeminiCompletion } from "./gemini/gemini";
import { toChatCompletion } from "./wire/chat-module";

const openAi = (choice: object, usage: object = {}) => ({
  id: "chatcmpl-1",
  object: "chat.completion",
  created: 1,
  model: "gpt-4o-2024-11-20",
  choices: [{ index: 0, finish_reason: "stop", logprobs: null, ...choice }],
  usage: { prompt_tokens: 10, completion_tokens: 5, total_tokens: 15, ...usage },
});
const toOpenAiCompletion = (answer: unknown, input?: ChatRequest) =>
  toChatCompletion("openai", answer, input);
const toDeepSeekCompletion = (answer: unknown, input?: ChatRequest) =>
  toChatCompletion("deepseek", answer, input);
const gemini = (candidate: object, usage: object = {}) => ({
  candidates: [
    { index: 0, finishReason: "STOP", content: { role: "model", parts: [{ text: "Hi" }] }, ...candidate },
  ],
  usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15, ...usage },
  modelVersion: "gemini-2.5-pro",
});
const toGemini = (answer: unknown) =>
  toGeminiCompletion(
    {
      upstreamModel: "gemini-2.5-pro",
      input: { model: "m", messages: [{ role: "user", content: "Hi" }] },
      maxOutputTokens: 100,
    },
    answer,
  );

type Read = (answer: unknown) => Completion;
type Expected = Partial<Omit<Completion, "usage">> & { usage?: Partial<Completion["usage"]> };
const completed: [string, Read, unknown, Expected][] = [
  [
    "OpenAI: text, cached input and reasoning",
    toOpenAiCompletion,
    openAi(
      { message: { role: "assistant", content: "Hi", refusal: null } },
      { prompt_tokens_details: { cached_tokens: 4 }, completion_tokens_details: { reasoning_tokens: 2 } },
    ),
    {
      content: "Hi",
      toolCalls: [],
      finishReason: "stop",
      usage: { inputTokens: 10, cachedInputTokens: 4, outputTokens: 5, reasoningTokens: 2 },
      upstreamModel: "gpt-4o-2024-11-20",
    },
  ],
  [
    "OpenAI: a forced tool call that ends with stop",
    toOpenAiCompletion,
    openAi({
      message: {
        role: "assistant",
        content: null,
        tool_calls: [{ id: "call_1", type: "function", function: { name: "f", arguments: '{"a":1}' } }],
      },
    }),
    {
      content: null,
      finishReason: "tool_calls",
      toolCalls: [{ id: "call_1", type: "function", function: { name: "f", arguments: '{"a":1}' } }],
    },
  ],
  [
    "OpenAI: an answer cut off by its filter is completed, with what there is",
    toOpenAiCompletion,
    openAi({ finish_reason: "content_filter", message: { role: "assistant", content: "Well" } }),
    { content: "Well", finishReason: "content_filter" },
  ],
  [
    "OpenAI: a refusal is the answer",
    toOpenAiCompletion,
    openAi({ message: { role: "assistant", content: null, refusal: "I can't help with that." } }),
    { content: "I can't help with that.", finishReason: "stop" },
  ],
  [
    "OpenAI: the token limit",
    toOpenAiCompletion,
    openAi({ finish_reason: "length", message: { role: "assistant", content: "" } }),
    { content: null, finishReason: "length" },
  ],
  [
    "DeepSeek: cached input under its own name",
    toDeepSeekCompletion,
    openAi(
      { message: { role: "assistant", content: "Hi" } },
      { prompt_cache_hit_tokens: 8, prompt_cache_miss_tokens: 2 },
    ),
    { usage: { inputTokens: 10, cachedInputTokens: 8, outputTokens: 5, reasoningTokens: 0 } },
  ],
  [
    "Gemini: thoughts are output, and are not shown",
    toGemini,
    gemini(
      {
        content: {
          role: "model",
          parts: [{ text: "Hmm.", thought: true }, { text: "Hi" }, { text: " there" }],
        },
      },
      { thoughtsTokenCount: 7, cachedContentTokenCount: 3 },
    ),
    {
      content: "Hi there",
      finishReason: "stop",
      usage: { inputTokens: 10, cachedInputTokens: 3, outputTokens: 12, reasoningTokens: 7 },
      upstreamModel: "gemini-2.5-pro",
    },
  ],
  [
    "Gemini: tool calls, beside text",
    toGemini,
    gemini({
      content: {
        role: "model",
        parts: [{ text: "Let me see." }, { functionCall: { id: "c1", name: "f", args: { a: 1 } } }],
      },
    }),
    {
      content: "Let me see.",
      finishReason: "tool_calls",
      toolCalls: [{ id: "c1", type: "function", function: { name: "f", arguments: '{"a":1}' } }],
    },
  ],
  [
    "Gemini: the token limit without a word",
    toGemini,
    gemini({ finishReason: "MAX_TOKENS", content: { role: "model" } }),
    { content: null, finishReason: "length" },
  ],
  [
    "Gemini: an answer stopped for safety",
    toGemini,
    gemini({ finishReason: "SAFETY", content: undefined }),
    { content: null, finishReason: "content_filter" },
  ],
  [
    "Gemini: a reason that is new to us is no filter, and no reason to withhold the answer",
    toGemini,
    gemini({ finishReason: "NEW_REASON" }),
    { content: "Hi", finishReason: "stop" },
  ],
  [
    "OpenAI: a reason that is new to us withholds nothing",
    toOpenAiCompletion,
    openAi({ finish_reason: "tired", message: { content: "Hi" } }),
    { content: "Hi", finishReason: "stop" },
  ],
  [
    "OpenAI: a call without arguments has an empty object of them",
    toOpenAiCompletion,
    openAi({ message: { tool_calls: [{ id: "c", function: { name: "f", arguments: "" } }] } }),
    {
      finishReason: "tool_calls",
      toolCalls: [{ id: "c", type: "function", function: { name: "f", arguments: "{}" } }],
    },
  ],
  [
    "Gemini: a call without arguments has an empty object of them",
    toGemini,
    gemini({ content: { parts: [{ functionCall: { id: "c", name: "f", args: null } }] } }),
    { toolCalls: [{ id: "c", type: "function", function: { name: "f", arguments: "{}" } }] },
  ],
  [
    "Gemini: a prompt blocked in the form of an answer is a filter",
    toGemini,
    gemini({ finishReason: "PROHIBITED_CONTENT", content: undefined }),
    { content: null, finishReason: "content_filter" },
  ],
];

const refused: [string, Read, unknown, object][] = [
  ["OpenAI: no choices", toOpenAiCompletion, { ...openAi({}), choices: [] }, { kind: "invalid_response" }],
  [
    "OpenAI: no usage to bill by",
    toOpenAiCompletion,
    { ...openAi({ message: { content: "Hi" } }), usage: undefined },
    { kind: "invalid_response", attempts: 1 },
  ],
  [
    "OpenAI: usage below zero",
    toOpenAiCompletion,
    openAi({ message: { content: "Hi" } }, { prompt_tokens: -1 }),
    { kind: "invalid_response" },
  ],
  [
    "OpenAI: usage in fractions",
    toOpenAiCompletion,
    openAi({ message: { content: "Hi" } }, { completion_tokens: 1.5 }),
    { kind: "invalid_response" },
  ],
  [
    "OpenAI: a finish reason nobody knows, and no answer",
    toOpenAiCompletion,
    openAi({ finish_reason: "tired", message: { content: null } }),
    { kind: "invalid_response", attempts: 2 },
  ],
  [
    "Gemini: no usage to bill by, which is not bought again",
    toGemini,
    { ...gemini({}), usageMetadata: undefined },
    { kind: "invalid_response", attempts: 1 },
  ],
  [
    "Gemini: a language it does not support, which is no filter",
    toGemini,
    gemini({ finishReason: "LANGUAGE", content: undefined }),
    { kind: "rejected", retryable: false },
  ],
  [
    "Gemini: the prompt blocked for a reason that is new to us",
    toGemini,
    { promptFeedback: { blockReason: "NEW_BLOCK" }, candidates: [{ finishReason: "OTHER" }] },
    { kind: "content_filtered", retryable: false },
  ],
  ["OpenAI: text instead of an object", toOpenAiCompletion, "<html>", { kind: "invalid_response" }],
  [
    "DeepSeek: broken off for want of capacity",
    toDeepSeekCompletion,
    openAi({ finish_reason: "insufficient_system_resource", message: { content: "H" } }),
    { kind: "overloaded", retryable: true },
  ],
  [
    "Gemini: the prompt refused",
    toGemini,
    { promptFeedback: { blockReason: "SAFETY" }, usageMetadata: { promptTokenCount: 4 } },
    { kind: "content_filtered", retryable: false, publicCode: "content_filtered" },
  ],
  ["Gemini: nothing at all", toGemini, {}, { kind: "invalid_response" }],
  ["Gemini: null", toGemini, null, { kind: "invalid_response" }],
  [
    "Gemini: broken off in a tool call",
    toGemini,
    gemini({ finishReason: "MALFORMED_FUNCTION_CALL", content: undefined }),
    { kind: "invalid_response", retryable: true, attempts: 2 },
  ],
  ["Gemini: no end", toGemini, gemini({ finishReason: undefined }), { kind: "invalid_response" }],
];

describe("a provider's answer", () => {
  it.each(completed)("%s", (_name, read, answer, expected) => {
    expect(read(answer)).toMatchObject(expected);
  });

  it.each(refused)("is refused: %s", (_name, read, answer, expected) => {
    expect(() => read(answer)).toThrow(expect.objectContaining(expected));
  });

  it("makes an id where Gemini gives none, so that the tool's result finds its call", () => {
    const call = { functionCall: { name: "f", args: {} } };
    const { toolCalls } = toGemini(gemini({ content: { role: "model", parts: [call, call] } }));
    expect(new Set(toolCalls.map(({ id }) => id)).size).toBe(2);
  });

  it("keeps thinking out of the customer's limit: the answer ends where it was asked to, and all of it is counted", () => {
    const limited = (text: string, tokens: number) =>
      toGeminiCompletion(
        {
          upstreamModel: "gemini-3.8-flash",
          input: { model: "m", messages: [{ role: "user", content: "Hi" }], max_tokens: 10 },
          maxOutputTokens: 1_034,
        },
        gemini({ content: { parts: [{ text }] } }, { candidatesTokenCount: tokens, thoughtsTokenCount: 700 }),
      );
    expect(limited("x".repeat(40), 10)).toMatchObject({ content: "x".repeat(40), finishReason: "stop" });
    expect(limited("x".repeat(80), 20)).toMatchObject({
      content: "x".repeat(40),
      finishReason: "length",
      usage: { outputTokens: 720, reasoningTokens: 700 },
    });
  });

  it("returns one tool call where the customer wants one at a time, whichever the provider", () => {
    const input = {
      model: "m",
      messages: [{ role: "user" as const, content: "Hi" }],
      parallel_tool_calls: false,
    };
    const call = (id: string) => ({ id, type: "function", function: { name: "f", arguments: "{}" } });
    const chat = openAi({ message: { tool_calls: [call("a"), call("b")] } });
    const parts = ["a", "b"].map((id) => ({ functionCall: { id, name: "f", args: {} } }));
    for (const completion of [
      toOpenAiCompletion(chat, input),
      toDeepSeekCompletion(chat, input),
      toGeminiCompletion({ upstreamModel: "m", input, maxOutputTokens: 9 }, gemini({ content: { parts } })),
    ]) {
      expect(completion.toolCalls.map(({ id }) => id)).toEqual(["a"]);
    }
  });
});
