import type { ChatRequest } from "@agathaai/core/inference";
import { describe, expect, it } from "vitest";
import {
  apiKey,
  called,
  callOf,
  head,
  owner,
  requestOf,
  said,
  thought,
  whole,
} from "../../../../../infra/testing/engine/responses-stage";
import { chatNames, toolNames } from "../wire/tool-names";
import { readIdWithReasoning } from "./encrypted-reasoning";
import { openAi } from "./openai";
import { toResponsesCompletion } from "./responses-answer";

describe("a response, as a chat completion", () => {
  const answer = (response: object, input: Partial<ChatRequest> = {}) =>
    openAi.live.answer(callOf(input, { stream: false }), response);

  it("has the text, every class of tokens, the tier that served and the model that answered", () => {
    const { answer: given, facts } = answer(whole({ output: [thought("r"), said("Grüß "), said("Gott")] }));
    expect(given).toMatchObject({
      ...head,
      object: "chat.completion",
      choices: [
        {
          index: 0,
          message: { role: "assistant", content: "Grüß Gott", refusal: null },
          finish_reason: "stop",
        },
      ],
    });
    expect(facts).toMatchObject({
      finishReason: "stop",
      upstreamModel: "gpt-6.2-sol-2026-11-17",
      usage: {
        inputTokens: 90,
        cachedInputTokens: 20,
        cacheWriteTokens: 30,
        outputTokens: 50,
        reasoningTokens: 32,
        serviceTier: "flex",
        defect: null,
      },
      wireUsage: {
        prompt_tokens: 90,
        completion_tokens: 50,
        total_tokens: 140,
        prompt_tokens_details: { cached_tokens: 20, cache_write_tokens: 30 },
        completion_tokens_details: { reasoning_tokens: 32 },
      },
    });
  });

  it("has its calls, each with the reasoning that led to it, under the names that the customer gave", () => {
    const name = "weather.of/city";
    const odd = [{ type: "function" as const, function: { name } }];
    const there = toolNames(requestOf({ tools: odd }).input, chatNames).toProvider(name);
    const output = [thought("r1"), { ...called("a", '{"x":1}'), name: there }, called("b")];
    const { answer: given, facts } = answer(whole({ output }), { tools: odd });
    const [choice] = given.choices as { message: { tool_calls: { id: string; function: object }[] } }[];
    const [first, second] = choice?.message.tool_calls ?? [];
    expect(first).toMatchObject({ type: "function", function: { name, arguments: '{"x":1}' } });
    expect(readIdWithReasoning(owner, first?.id ?? "")).toEqual({ id: "a", encrypted: ["r1"] });
    expect(second?.id).toBe("b");
    expect(facts.finishReason).toBe("tool_calls");
    expect(
      answer(whole({ output }), { tools: odd, parallel_tool_calls: false }).answer.choices,
    ).toMatchObject([{ message: { tool_calls: [{}] } }]);
  });

  it("keeps a refusal apart, and says length or content_filter where the answer is not whole", () => {
    const refusal = { ...said(""), content: [{ type: "refusal", refusal: "No." }] };
    expect(answer(whole({ output: [refusal] })).answer.choices).toMatchObject([
      { message: { content: null, refusal: "No." }, finish_reason: "stop" },
    ]);
    for (const [reason, finish] of [
      ["max_output_tokens", "length"],
      ["content_filter", "content_filter"],
    ] as const) {
      const cut = whole({ status: "incomplete", incomplete_details: { reason }, output: [said("Half")] });
      expect(answer(cut).facts.finishReason).toBe(finish);
    }
  });

  it.each([
    ["failed", { status: "failed", error: { code: "server_error", message: "sk-secret" } }, "server"],
    [
      "failed by a limit",
      { status: "failed", error: { code: "rate_limit_exceeded", message: "" } },
      "rate_limited",
    ],
    [
      "refused in the end",
      { status: "failed", error: { code: "invalid_prompt", message: "" } },
      "content_filtered",
    ],
    ["failed by an image", { status: "failed", error: { code: "invalid_image", message: "" } }, "rejected"],
    ["not over", { status: "in_progress" }, "invalid_response"],
    ["cancelled", { status: "cancelled" }, "invalid_response"],
    ["something else", { output: undefined }, "invalid_response"],
  ])("is none where it is %s", (_name, more, kind) => {
    expect(() => answer(whole(more))).toThrowError(expect.objectContaining({ kind }));
    expect(() => toResponsesCompletion(requestOf({}), apiKey, whole(more), {})).toThrowError(
      expect.objectContaining({ kind, publicMessage: expect.not.stringContaining("secret") }),
    );
  });

  it("is not billed by the queue where it does not say what it cost", () => {
    expect(() => toResponsesCompletion(requestOf({}), apiKey, whole({ usage: null }), {})).toThrowError(
      expect.objectContaining({ kind: "invalid_response", attempts: 1 }),
    );
    expect(answer(whole({ usage: null, output: [said("x")] })).facts.usage).toBeUndefined();
  });
});
