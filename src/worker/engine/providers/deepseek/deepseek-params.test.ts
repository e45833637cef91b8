import type { ChatRequest } from "@agathaai/core/inference";
import { describe, expect, it } from "vitest";
import { ask, everything, textOnly } from "../testing/whole-requests";
import { toDeepSeekParams } from "./deepseek";

const question: ChatRequest = { model: "m", messages: [{ role: "user", content: "Hi" }] };

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

  it.each([
    ["none", { thinking: { type: "disabled" } }],
    ["minimal", { thinking: { type: "enabled" }, reasoning_effort: "low" }],
    ["low", { thinking: { type: "enabled" }, reasoning_effort: "low" }],
    ["medium", { thinking: { type: "enabled" }, reasoning_effort: "high" }],
    ["high", { thinking: { type: "enabled" }, reasoning_effort: "high" }],
    ["xhigh", { thinking: { type: "enabled" }, reasoning_effort: "high" }],
    ["max", { thinking: { type: "enabled" }, reasoning_effort: "max" }],
  ] as const)("says effort %s by DeepSeek's own switch and its three efforts", (effort, said) => {
    const { thinking, reasoning_effort } = toDeepSeekParams(
      ask({ ...question, reasoning_effort: effort }, "deepseek-v4-pro"),
    );
    expect({ thinking, ...(reasoning_effort && { reasoning_effort }) }).toEqual(said);
  });

  it("thinks where the name that was asked for does, unless the caller says otherwise", () => {
    const asked = (effort?: "none") =>
      toDeepSeekParams({
        ...ask({ ...question, ...(effort && { reasoning_effort: effort }) }, "deepseek-flash"),
        defaultEffort: "high",
      });
    expect(asked()).toMatchObject({ thinking: { type: "enabled" }, reasoning_effort: "high" });
    expect(asked("none")).toMatchObject({ thinking: { type: "disabled" } });
  });

  it("takes thoughts back while it thinks, an empty text for those that a client lost, and none otherwise", () => {
    const call = { id: "c", type: "function" as const, function: { name: "f", arguments: "{}" } };
    const messages: ChatRequest["messages"] = [
      { role: "user", content: "Hi" },
      { role: "assistant", content: null, reasoning_content: "I call f.", tool_calls: [call] },
      { role: "tool", tool_call_id: "c", content: "1" },
      { role: "assistant", content: "One." },
      { role: "user", content: "And now?" },
    ];
    const sent = (effort: "high" | "none", given = messages) =>
      toDeepSeekParams(
        ask({ model: "m", messages: given, reasoning_effort: effort }, "deepseek-flash"),
      ).messages.map((message) => ("reasoning_content" in message ? message.reasoning_content : undefined));
    expect(sent("high")).toEqual([undefined, "I call f.", undefined, "", undefined]);
    expect(sent("none")).toEqual([undefined, undefined, undefined, undefined, undefined]);
    // Without tool calls nothing is made up.
    expect(sent("high", messages.slice(3))).toEqual([undefined, undefined]);
  });
});
