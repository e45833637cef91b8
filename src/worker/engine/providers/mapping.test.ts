import type { ChatRequest } from "@agathaai/core/inference";
import { describe, expect, it } from "vitest";
import { toDeepSeekParams } from "./deepseek/deepseek";
import { toGeminiRequest } from "./gemini/gemini-request";
import { toOpenAiParams } from "./openai/openai";

const everything: ChatRequest = {
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
const textOnly: ChatRequest = {
  ...everything,
  messages: everything.messages.map((message) =>
    message.role === "user" ? { role: "user", content: "What is this?" } : message,
  ),
};
/** Gemini takes arguments as an object only. */
const wholeArguments: ChatRequest = {
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
const ask = (input: ChatRequest, upstreamModel: string) => ({ input, upstreamModel, maxOutputTokens: 256 });

describe("OpenAI's request", () => {
  it("carries every parameter in the protocol's own shape", () => {
    expect(toOpenAiParams(ask(everything, "gpt-4o"))).toMatchInlineSnapshot(`
      {
        "max_tokens": 256,
        "messages": [
          {
            "content": "Be brief.",
            "role": "system",
          },
          {
            "content": [
              {
                "text": "Use metric units.",
                "type": "text",
              },
            ],
            "role": "system",
          },
          {
            "content": [
              {
                "text": "What is this?",
                "type": "text",
              },
              {
                "image_url": {
                  "detail": "low",
                  "url": "data:image/png;base64,iVBORw0KGgo=",
                },
                "type": "image_url",
              },
              {
                "image_url": {
                  "url": "https://example.com/a.webp?x=1",
                },
                "type": "image_url",
              },
            ],
            "role": "user",
          },
          {
            "content": "Let me look.",
            "role": "assistant",
            "tool_calls": [
              {
                "function": {
                  "arguments": "{"city":"Oslo"}",
                  "name": "weather",
                },
                "id": "call_1",
                "type": "function",
              },
              {
                "function": {
                  "arguments": "not json",
                  "name": "clock",
                },
                "id": "call_2",
                "type": "function",
              },
            ],
          },
          {
            "content": "{"celsius":4}",
            "role": "tool",
            "tool_call_id": "call_1",
          },
          {
            "content": "12:00",
            "role": "tool",
            "tool_call_id": "call_2",
          },
        ],
        "model": "gpt-4o",
        "response_format": {
          "json_schema": {
            "name": "reply",
            "schema": {
              "properties": {
                "a": {
                  "type": "integer",
                },
              },
              "type": "object",
            },
            "strict": true,
          },
          "type": "json_schema",
        },
        "seed": 7,
        "service_tier": "default",
        "stop": "END",
        "store": false,
        "temperature": 0.5,
        "tool_choice": {
          "function": {
            "name": "weather",
          },
          "type": "function",
        },
        "tools": [
          {
            "function": {
              "description": "The weather.",
              "name": "weather",
              "parameters": {
                "additionalProperties": false,
                "properties": {
                  "city": {
                    "type": "string",
                  },
                },
                "type": "object",
              },
              "strict": true,
            },
            "type": "function",
          },
          {
            "function": {
              "name": "clock",
              "parameters": {
                "properties": {},
                "type": "object",
              },
            },
            "type": "function",
          },
        ],
        "top_p": 0.9,
      }
    `);
  });

  it.each(["o3", "o4-mini", "gpt-5", "gpt-6-sol", "gpt-10"])(
    "bounds %s by max_completion_tokens",
    (model) => {
      const params = toOpenAiParams(ask(everything, model));
      expect(params.max_completion_tokens).toBe(256);
      expect(params).not.toHaveProperty("max_tokens");
      expect(params.messages[1]?.role).toBe("developer");
    },
  );

  it.each(["gpt-4", "gpt-4o", "gpt-4.1", "gpt-3.5-turbo"])("bounds %s by max_tokens", (model) => {
    const params = toOpenAiParams(ask(everything, model));
    expect(params.max_tokens).toBe(256);
    expect(params).not.toHaveProperty("max_completion_tokens");
    expect(params.messages[1]?.role).toBe("system");
  });

  it("leaves out what was not asked for", () => {
    const plain: ChatRequest = { model: "gpt-4o", messages: [{ role: "user", content: "Hi" }] };
    expect(toOpenAiParams(ask(plain, "gpt-4o"))).toEqual({
      model: "gpt-4o",
      messages: [{ role: "user", content: "Hi" }],
      max_tokens: 256,
      service_tier: "default",
      store: false,
    });
  });

  it("turns reasoning off where the catalogue says so", () => {
    expect(toOpenAiParams(ask(everything, "gpt-6-sol")).reasoning_effort).toBe("none");
    expect(toOpenAiParams(ask(everything, "gpt-4o"))).not.toHaveProperty("reasoning_effort");
  });

  it("never sends metadata, which is the customer's and ours", () => {
    const params = toOpenAiParams(ask({ ...everything, metadata: { user: "42" } }, "gpt-4o"));
    expect(params).not.toHaveProperty("metadata");
  });
});

describe("DeepSeek's request", () => {
  it("carries a JSON schema as instructions and JSON mode, and no seed", () => {
    expect(toDeepSeekParams(ask(textOnly, "deepseek-chat"))).toMatchInlineSnapshot(`
      {
        "max_tokens": 256,
        "messages": [
          {
            "content": "Answer with one JSON document that is valid under this schema:
      {"type":"object","properties":{"a":{"type":"integer"}}}",
            "role": "system",
          },
          {
            "content": "Be brief.",
            "role": "system",
          },
          {
            "content": "Use metric units.",
            "role": "system",
          },
          {
            "content": "What is this?",
            "role": "user",
          },
          {
            "content": "Let me look.",
            "role": "assistant",
            "tool_calls": [
              {
                "function": {
                  "arguments": "{"city":"Oslo"}",
                  "name": "weather",
                },
                "id": "call_1",
                "type": "function",
              },
              {
                "function": {
                  "arguments": "not json",
                  "name": "clock",
                },
                "id": "call_2",
                "type": "function",
              },
            ],
          },
          {
            "content": "{"celsius":4}",
            "role": "tool",
            "tool_call_id": "call_1",
          },
          {
            "content": "12:00",
            "role": "tool",
            "tool_call_id": "call_2",
          },
        ],
        "model": "deepseek-chat",
        "response_format": {
          "type": "json_object",
        },
        "stop": "END",
        "temperature": 0.5,
        "tool_choice": {
          "function": {
            "name": "weather",
          },
          "type": "function",
        },
        "tools": [
          {
            "function": {
              "description": "The weather.",
              "name": "weather",
              "parameters": {
                "additionalProperties": false,
                "properties": {
                  "city": {
                    "type": "string",
                  },
                },
                "type": "object",
              },
            },
            "type": "function",
          },
          {
            "function": {
              "name": "clock",
              "parameters": {
                "properties": {},
                "type": "object",
              },
            },
            "type": "function",
          },
        ],
        "top_p": 0.9,
      }
    `);
  });

  it("asks for JSON in words only where the messages do not", () => {
    const json = (content: string) =>
      toDeepSeekParams(
        ask(
          { model: "m", messages: [{ role: "user", content }], response_format: { type: "json_object" } },
          "deepseek-chat",
        ),
      ).messages.length;
    expect(json("Give me a list")).toBe(2);
    expect(json("Give me a list as JSON")).toBe(1);
  });

  it("sends images in parts and everything else as plain strings", () => {
    const contents = toDeepSeekParams(ask(everything, "deepseek-flash")).messages.map(
      ({ content }) => content,
    );
    expect(contents[2]).toBe("Use metric units.");
    expect(contents[3]).toMatchObject([{ type: "text" }, { type: "image_url" }, { type: "image_url" }]);
  });

  it("turns thinking off where the catalogue says so", () => {
    expect(toDeepSeekParams(ask(textOnly, "deepseek-v4-pro"))).toHaveProperty("thinking", {
      type: "disabled",
    });
    expect(toDeepSeekParams(ask(textOnly, "deepseek-chat"))).not.toHaveProperty("thinking");
  });
});

describe("Gemini's request", () => {
  it("carries every parameter in the protocol's own shape", () => {
    expect(toGeminiRequest(ask(wholeArguments, "gemini-2.5-pro"))).toMatchInlineSnapshot(`
      {
        "contents": [
          {
            "parts": [
              {
                "text": "What is this?",
              },
              {
                "inlineData": {
                  "data": "iVBORw0KGgo=",
                  "mimeType": "image/png",
                },
              },
              {
                "fileData": {
                  "fileUri": "https://example.com/a.webp?x=1",
                  "mimeType": "image/webp",
                },
              },
            ],
            "role": "user",
          },
          {
            "parts": [
              {
                "text": "Let me look.",
              },
              {
                "functionCall": {
                  "args": {
                    "city": "Oslo",
                  },
                  "id": "call_1",
                  "name": "weather",
                },
              },
              {
                "functionCall": {
                  "args": {},
                  "id": "call_2",
                  "name": "clock",
                },
              },
            ],
            "role": "model",
          },
          {
            "parts": [
              {
                "functionResponse": {
                  "id": "call_1",
                  "name": "weather",
                  "response": {
                    "celsius": 4,
                  },
                },
              },
              {
                "functionResponse": {
                  "id": "call_2",
                  "name": "clock",
                  "response": {
                    "result": "12:00",
                  },
                },
              },
            ],
            "role": "user",
          },
        ],
        "generationConfig": {
          "maxOutputTokens": 256,
          "responseJsonSchema": {
            "properties": {
              "a": {
                "type": "integer",
              },
            },
            "type": "object",
          },
          "responseMimeType": "application/json",
          "seed": 7,
          "stopSequences": [
            "END",
          ],
          "temperature": 0.5,
          "topP": 0.9,
        },
        "systemInstruction": {
          "parts": [
            {
              "text": "Be brief.",
            },
            {
              "text": "Use metric units.",
            },
          ],
          "role": "system",
        },
        "toolConfig": {
          "functionCallingConfig": {
            "allowedFunctionNames": [
              "weather",
            ],
            "mode": "ANY",
          },
        },
        "tools": [
          {
            "functionDeclarations": [
              {
                "description": "The weather.",
                "name": "weather",
                "parametersJsonSchema": {
                  "additionalProperties": false,
                  "properties": {
                    "city": {
                      "type": "string",
                    },
                  },
                  "type": "object",
                },
              },
              {
                "name": "clock",
              },
            ],
          },
        ],
      }
    `);
  });

  it("keeps thinking short where the catalogue says so", () => {
    const level = (model: string) =>
      toGeminiRequest(ask({ ...textOnly, messages: [{ role: "user", content: "Hi" }] }, model))
        .generationConfig;
    expect(level("gemini-3.8-flash")).toHaveProperty("thinkingConfig", { thinkingLevel: "low" });
    expect(level("gemini-3.5-flash-lite")).not.toHaveProperty("thinkingConfig");
  });

  it("signs a replayed call from Gemini 3 on, once a turn", () => {
    const parts = toGeminiRequest(ask(wholeArguments, "gemini-3.1-pro")).contents[1]?.parts ?? [];
    expect(parts.map((part) => "thoughtSignature" in part)).toEqual([false, true, false]);
  });

  it("speaks instructions as the user when nobody else has spoken", () => {
    const request = toGeminiRequest(
      ask({ model: "m", messages: [{ role: "system", content: "Say hi." }] }, "gemini-2.5-pro"),
    );
    expect(request.contents).toEqual([{ role: "user", parts: [{ text: "Say hi." }] }]);
    expect(request.systemInstruction).toBeUndefined();
  });

  it("refuses a tool message that answers no call", () => {
    const messages: ChatRequest["messages"] = [{ role: "tool", tool_call_id: "call_9", content: "x" }];
    expect(() => toGeminiRequest(ask({ model: "m", messages }, "gemini-2.5-pro"))).toThrow(
      expect.objectContaining({ kind: "rejected", publicCode: "invalid_request" }),
    );
  });

  it.each([
    ["none", { mode: "NONE" }],
    ["auto", { mode: "AUTO" }],
    ["required", { mode: "ANY" }],
  ] as const)("maps tool_choice %s", (choice, config) => {
    const request = toGeminiRequest(ask({ ...wholeArguments, tool_choice: choice }, "gemini-2.5-pro"));
    expect(request.toolConfig?.functionCallingConfig).toEqual(config);
  });
});
