import type { ChatRequest } from "@agathaai/core/inference";
import { describe, expect, it } from "vitest";
import { simulateCompletion } from "./simulator";
import { countTokens } from "./simulator-text";

const hello: ChatRequest = {
  model: "gpt-4o",
  messages: [{ role: "user", content: "Explain tides to a child" }],
};
const tools: ChatRequest["tools"] = [
  {
    type: "function",
    function: { name: "first", parameters: { type: "object", properties: { n: { type: "integer" } } } },
  },
  { type: "function", function: { name: "second" } },
];
const simulate = (input: Partial<ChatRequest> = {}, maxOutputTokens = 500) =>
  simulateCompletion({ upstreamModel: "x", input: { ...hello, ...input }, maxOutputTokens });

describe("the simulator behind test keys", () => {
  it("gives the same answer to the same request", () => {
    expect(simulate()).toEqual(simulate());
    expect(simulate({ tools, tool_choice: "required" })).toEqual(
      simulate({ tools, tool_choice: "required" }),
    );
  });

  it("never says more than max_tokens, whatever was asked for", () => {
    for (const input of [{}, { response_format: { type: "json_object" as const } }, { tools }]) {
      const { usage, finishReason } = simulate(input, 3);
      expect(usage.outputTokens).toBeLessThanOrEqual(3);
      expect(finishReason).toBe("length");
    }
  });

  it.each([undefined, {}, { type: "object" }, { type: "object", properties: {} }, { $schema: "x" }])(
    "calls a function without parameters with none, however that is written: %j",
    (parameters) => {
      const none: ChatRequest["tools"] = [
        { type: "function", function: { name: "now", ...(parameters && { parameters }) } },
      ];
      const [call] = simulate({ tools: none, tool_choice: "required" }).toolCalls;
      expect(call?.function.arguments).toBe("{}");
    },
  );

  it("calls the tool it is told to, and the first one when any will do", () => {
    const named = simulate({ tools, tool_choice: { type: "function", function: { name: "second" } } });
    expect(named).toMatchObject({
      finishReason: "tool_calls",
      content: null,
      toolCalls: [{ function: { name: "second", arguments: "{}" } }],
    });
    const [call] = simulate({ tools, tool_choice: "required" }).toolCalls;
    expect(JSON.parse(call?.function.arguments ?? "")).toEqual({ n: expect.any(Number) });
  });

  it("speaks when tools are off or have answered", () => {
    expect(simulate({ tools, tool_choice: "none" }).toolCalls).toEqual([]);
    const messages: ChatRequest["messages"] = [
      ...hello.messages,
      {
        role: "assistant",
        tool_calls: [{ id: "c", type: "function", function: { name: "first", arguments: "{}" } }],
      },
      { role: "tool", tool_call_id: "c", content: "4" },
    ];
    expect(simulate({ tools, messages })).toMatchObject({ finishReason: "stop", toolCalls: [] });
  });

  it("answers JSON mode with JSON and a schema with what it asks for", () => {
    expect(JSON.parse(simulate({ response_format: { type: "json_object" } }).content ?? "")).toBeTypeOf(
      "object",
    );
    const schema = { type: "object", properties: { ok: { type: "boolean" } }, required: ["ok"] };
    const completion = simulate({
      response_format: { type: "json_schema", json_schema: { name: "s", schema } },
    });
    expect(JSON.parse(completion.content ?? "")).toEqual({ ok: true });
    expect(completion.usage.outputTokens).toBe(countTokens(completion.content ?? ""));
  });
});

describe("the simulator's thoughts", () => {
  const thinking = (upstreamModel: string, input: Partial<ChatRequest> = {}, maxOutputTokens = 500) =>
    simulateCompletion({
      upstreamModel,
      input: { ...hello, model: upstreamModel, ...input },
      maxOutputTokens,
    });

  it.each(["gpt-6.2-sol", "gemini-3.8-flash"])(
    "of %s are shown to who asks, come from the question, and are counted the same for who does not",
    (model) => {
      const shown = thinking(model, { include_reasoning: true });
      const hidden = thinking(model);
      expect(shown.reasoning).toMatch(/^Simulated reasoning of .+ explain, tides, child\./);
      expect(hidden).not.toHaveProperty("reasoning");
      expect(shown.usage).toEqual(hidden.usage);
      expect(shown.content).toBe(hidden.content);
      expect(shown.usage.reasoningTokens).toBe(countTokens(shown.reasoning ?? ""));
      expect(shown.usage.outputTokens).toBe(
        countTokens(shown.content ?? "") + countTokens(shown.reasoning ?? ""),
      );
    },
  );

  it("of DeepSeek's models come whenever they think, and only then", () => {
    expect(thinking("deepseek-flash", { reasoning_effort: "low" })).toHaveProperty("reasoning");
    expect(thinking("deepseek-flash")).not.toHaveProperty("reasoning");
  });

  it("are none where the model does not think, or is told not to", () => {
    for (const completion of [
      thinking("gpt-4o"),
      thinking("gpt-6-luna", { include_reasoning: true, reasoning_effort: "none" }),
    ]) {
      expect(completion).not.toHaveProperty("reasoning");
      expect(completion.usage.reasoningTokens).toBe(0);
    }
  });

  it("take from the same limit as the answer, and may leave it nothing", () => {
    for (const maxOutputTokens of [1, 10, 30, 40]) {
      const { usage, finishReason } = thinking("gpt-6.2-sol", { include_reasoning: true }, maxOutputTokens);
      expect(usage.outputTokens).toBeLessThanOrEqual(maxOutputTokens);
      expect(finishReason).toBe("length");
    }
    expect(thinking("gpt-6.2-sol", {}, 10)).toMatchObject({ content: null, toolCalls: [] });
  });
});
