import { describe, expect, it } from "vitest";
import { findModel, type ReasoningEffort } from "../../models";
import { outputLimit } from "./estimate-tokens";
import { inferenceInputSchema } from "./input-schema";
import { normalizeInput } from "./normalize-input";

const user = { role: "user", content: "Hi" };
const take = (body: object) =>
  normalizeInput(inferenceInputSchema.parse({ model: "gpt-4o", messages: [user], ...body }));
const plain = { model: "gpt-4o", messages: [user] };

describe("neutral values that clients send", () => {
  it.each([
    [
      "null for whatever is optional",
      {
        max_tokens: null,
        temperature: null,
        top_p: null,
        stop: null,
        seed: null,
        tools: null,
        tool_choice: null,
        response_format: null,
        metadata: null,
        parallel_tool_calls: null,
        reasoning_effort: null,
        prompt: null,
        max_completion_tokens: null,
        environment: null,
      },
    ],
    [
      "defaults spelled out",
      {
        n: 1,
        stream: false,
        stream_options: null,
        logprobs: false,
        top_logprobs: null,
        logit_bias: {},
        presence_penalty: 0,
        frequency_penalty: 0,
        service_tier: "auto",
        modalities: ["text"],
        audio: null,
        functions: null,
        function_call: null,
      },
    ],
    ["whom they serve", { user: "u-1", safety_identifier: "s", prompt_cache_key: "k", store: true }],
    ["an empty list of stops", { stop: [] }],
    ["one call at a time, without tools", { parallel_tool_calls: false }],
  ])("is accepted: %s", (_what, body) => {
    expect(take(body)).toEqual(plain);
  });

  it("an answer echoed whole, as SDKs do, is accepted", () => {
    const echo = {
      role: "assistant",
      content: "",
      refusal: null,
      annotations: [],
      audio: null,
      function_call: null,
      reasoning_content: "Hm.",
      tool_calls: [{ index: 0, id: "c1", type: "function", function: { name: "f", arguments: "{}" } }],
    };
    const result = { role: "tool", tool_call_id: "c1", name: "f", content: "" };
    expect(take({ messages: [user, echo, result] }).messages).toEqual([
      user,
      {
        role: "assistant",
        reasoning_content: "Hm.",
        tool_calls: [{ id: "c1", type: "function", function: { name: "f", arguments: "{}" } }],
      },
      { role: "tool", tool_call_id: "c1", content: "" },
    ]);
    expect(take({ messages: [{ role: "assistant", content: null, refusal: "No." }] }).messages).toEqual([
      { role: "assistant", content: "No." },
    ]);
    expect(
      take({
        messages: [{ role: "assistant", content: [{ type: "refusal", refusal: "No." }], tool_calls: [] }],
      }).messages,
    ).toEqual([{ role: "assistant", content: "No." }]);
  });

  it("keeps what it means: names, efforts, the newer name of the limit", () => {
    expect(
      take({ max_completion_tokens: 9, reasoning_effort: "low", messages: [{ ...user, name: "Ada" }] }),
    ).toEqual({
      model: "gpt-4o",
      messages: [{ ...user, name: "Ada" }],
      max_tokens: 9,
      reasoning_effort: "low",
    });
  });

  it.each([
    ["n", { n: 2 }],
    ["stream", { stream: true }],
    ["presence_penalty", { presence_penalty: 1 }],
    ["function_call", { function_call: "auto" }],
    ["max_completion_tokens", { max_tokens: 1, max_completion_tokens: 2 }],
    ["messages.0.function_call", { messages: [{ role: "assistant", function_call: { name: "f" } }] }],
    ["messages.0.audio", { messages: [{ role: "assistant", audio: { id: "a" } }] }],
  ])("an unsupported value is refused by name: %s", (path, body) => {
    const parsed = inferenceInputSchema.safeParse({ ...plain, ...body });
    expect(parsed.error?.issues[0]?.path.join(".")).toBe(path);
  });
});

describe("tokens for reasoning", () => {
  const today = new Date("2026-11-26T12:00:00Z");
  const limit = (model: string, body: object) =>
    outputLimit(take({ model, ...body }), findModel(model, today));
  const effort = (reasoning_effort: ReasoningEffort) => ({ reasoning_effort });

  it("are reserved beside a small limit, by how long the model reasons", () => {
    expect(limit("gemini-3.8-flash", { max_tokens: 5 })).toBe(1_029);
    expect(limit("gemini-3.8-flash", { max_tokens: 5, ...effort("high") })).toBe(24_581);
    expect(limit("gemini-1.5-pro", { max_tokens: 5 })).toBe(1_029);
    expect(limit("gpt-6-luna", { max_tokens: 5 })).toBe(5);
    expect(limit("gpt-6-luna", { max_tokens: 5, ...effort("medium") })).toBe(8_197);
    expect(limit("gpt-4o", { max_tokens: 5, ...effort("high") })).toBe(5);
  });

  it("is part of the default where the caller leaves both to us, and never more than the model gives", () => {
    expect(limit("gemini-3.8-flash", {})).toBe(4_096);
    expect(limit("gemini-3.8-flash", effort("medium"))).toBe(4_096 + 8_192);
    expect(limit("gemini-1.5-pro", { max_tokens: 8_000, ...effort("high") })).toBe(8_192);
  });
});
