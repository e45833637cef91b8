import type { ChatRequest } from "@agathaai/core/inference";
import { describe, expect, it } from "vitest";
import { ask, textOnly, wholeArguments } from "../testing/whole-requests";
import { toGeminiRequest } from "./gemini-request";

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

  it("sends instructions as the user when there is no other message", () => {
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
