import type { ChatRequest } from "@agathaai/core/inference";
import { describe, expect, it } from "vitest";
import { ask, everything } from "../testing/whole-requests";
import { toOpenAiParams } from "./openai";

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
