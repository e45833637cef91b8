import { describe, expect, it } from "vitest";
import { ask, everything, textOnly } from "../testing/whole-requests";
import { toDeepSeekParams } from "./deepseek";

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
