import { describe, expect, it } from "vitest";
import { keyPrincipal } from "../../../../infra/testing/key-principal";
import { findModel } from "../../models";
import type { ChatRequest } from "./chat";
import { checkRequest } from "./check-request";
import { boundInputTokens, floorInputTokens, outputLimit } from "./estimate-tokens";
import { inferenceInputSchema } from "./input-schema";
import { normalizeInput } from "./normalize-input";

const today = new Date("2026-11-23T12:00:00Z");
const principal = keyPrincipal();
const ask = (more: object = {}): ChatRequest =>
  normalizeInput(inferenceInputSchema.parse({ model: "gpt-4o", prompt: "Hi", ...more }));
const check = (request: ChatRequest, caller = principal) =>
  checkRequest(request, findModel(request.model, today), caller);
const picture = { type: "image_url", image_url: { url: "https://example.com/a.png" } };
const tool = { type: "function", function: { name: "look_up" } };
const schema = { type: "json_schema", json_schema: { name: "a", schema: { type: "object" } } };

describe("checkRequest", () => {
  it.each([
    ["plain", {}],
    [
      "everything at once",
      { temperature: 1, top_p: 0.5, stop: "x", seed: 1, tools: [tool], response_format: schema },
    ],
    ["the most output", { max_tokens: 16_384 }],
    ["long but legal text", { prompt: "word ".repeat(80_000) }],
    ["a retired model with tools", { model: "gpt-3.5-turbo", tools: [tool] }],
    ["JSON mode everywhere", { model: "deepseek-coder", response_format: { type: "json_object" } }],
    ["plain text asked for by name", { model: "deepseek-chat", response_format: { type: "text" } }],
  ])("lets pass: %s", (_, input) => {
    expect(() => check(ask(input))).not.toThrow();
  });

  it.each([
    ["more output than the model gives", { max_tokens: 16_385 }, "invalid_request", "max_tokens"],
    [
      "an old model's own limit",
      { model: "gpt-3.5-turbo", max_tokens: 4_097 },
      "invalid_request",
      "max_tokens",
    ],
    [
      "an image where there is no eye",
      {
        model: "deepseek-chat",
        prompt: undefined,
        messages: [
          { role: "system", content: "x" },
          { role: "user", content: [{ type: "text", text: "y" }, picture] },
        ],
      },
      "unsupported_parameter",
      "messages[1].content[1]",
    ],
    [
      "a schema where JSON mode ends",
      { model: "deepseek-chat", response_format: schema },
      "unsupported_parameter",
      "response_format.type",
    ],
    ["far too long a text", { prompt: "x".repeat(2_000_000) }, "context_length_exceeded", "messages"],
    [
      "text and output that cannot fit together",
      { model: "gpt-4", prompt: "x".repeat(32_000), max_tokens: 8_000 },
      "context_length_exceeded",
      "max_tokens",
    ],
  ])("refuses %s", (_, input, code, param) => {
    expect(() => check(ask(input))).toThrowError(expect.objectContaining({ code, param }));
  });

  it("keeps a key to its models", () => {
    const limited = { ...principal, models: ["gpt-4o-mini"] };
    expect(() => check(ask(), limited)).toThrowError(
      expect.objectContaining({ code: "model_not_allowed", param: "model" }),
    );
    expect(() => check(ask({ model: "gpt-4o-mini" }), limited)).not.toThrow();
  });
});

describe("the estimates", () => {
  const model = findModel("gpt-4o", today);
  const bound = (more: object) => boundInputTokens(ask(more), model);

  it("bound every script by its bytes", () => {
    expect(bound({ prompt: "a".repeat(1_000) })).toBeGreaterThanOrEqual(1_000);
    expect(bound({ prompt: "漢".repeat(1_000) })).toBeGreaterThanOrEqual(3_000);
    expect(bound({ prompt: "🪨".repeat(1_000) })).toBeGreaterThanOrEqual(4_000);
  });

  it("count images by detail and never by their data", () => {
    const image = (detail: string) => ({
      prompt: undefined,
      messages: [
        {
          role: "user",
          content: [
            {
              type: "image_url",
              image_url: { url: `data:image/png;base64,${"A".repeat(400_000)}`, detail },
            },
          ],
        },
      ],
    });
    expect(bound(image("high")) - bound(image("low"))).toBe(1_445 - 85);
    expect(bound(image("auto"))).toBe(bound(image("high")));
    expect(bound(image("high"))).toBeLessThan(2_000);
  });

  it("count tools, schemas and tool calls", () => {
    expect(bound({ tools: [tool] })).toBeGreaterThan(bound({}) + 500);
    expect(bound({ response_format: schema })).toBeGreaterThan(bound({}) + 200);
    const called = ask({
      prompt: undefined,
      messages: [
        {
          role: "assistant",
          tool_calls: [{ id: "c", type: "function", function: { name: "n", arguments: "x".repeat(500) } }],
        },
        { role: "tool", tool_call_id: "c", content: "y".repeat(100) },
      ],
    });
    expect(boundInputTokens(called, model)).toBeGreaterThan(600);
  });

  it("keep the floor below and the bound above", () => {
    const request = ask({ prompt: "The quick brown fox jumps over the lazy dog. ".repeat(100) });
    expect(floorInputTokens(request)).toBeLessThan(900);
    expect(boundInputTokens(request, model)).toBeGreaterThan(1_100);
  });

  it("limit the output to what was asked, else to 4,096 or less where the model or its context is small", () => {
    expect(outputLimit(ask({ max_tokens: 7 }), model)).toBe(7);
    expect(outputLimit(ask(), model)).toBe(4_096);
    expect(outputLimit(ask(), { ...model, maxOutputTokens: 1_000, contextWindow: 8_000 })).toBe(1_000);
    expect(
      outputLimit(ask({ prompt: "x".repeat(48_000) }), {
        ...model,
        maxOutputTokens: 8_192,
        contextWindow: 8_192,
      }),
    ).toBe(2_192);
  });
});
