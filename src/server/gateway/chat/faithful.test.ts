import { findModel } from "@agathaai/core/models";
import { AppError } from "@agathaai/core/platform";
import { describe, expect, it } from "vitest";
import { readChatInput } from "./chat-input";
import { checkFaithful } from "./faithful";

const at = new Date("2026-11-27T00:00:00Z");
const tools = [{ type: "function", function: { name: "get_weather" } }];

function check(model: string, body: object) {
  const given = readChatInput({ model, messages: [{ role: "user", content: "Hi" }], ...body });
  return checkFaithful(given, findModel(model, at), "live");
}

function refusal(model: string, body: object): [string, string | undefined] | undefined {
  try {
    check(model, body);
    return undefined;
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return [error.code, error.param];
  }
}

describe("a model that reasons and gets tools", () => {
  const cases: [string, object][] = [
    ["n", { n: 2 }],
    ["logprobs", { logprobs: true }],
    ["logit_bias", { logit_bias: { 5: 1 } }],
    ["presence_penalty", { presence_penalty: 1 }],
    ["frequency_penalty", { frequency_penalty: 1 }],
    ["prediction", { prediction: { type: "content", content: "x" } }],
  ];

  it.each(cases)("is refused %s by name, which the Responses API does not have", (param, body) => {
    expect(refusal("gpt-6.2-sol", { ...body, tools })).toEqual(["unsupported_parameter", param]);
    expect(refusal("gpt-6-sol", { ...body, tools, reasoning_effort: "low" })).toEqual([
      "unsupported_parameter",
      param,
    ]);
    // Chat Completions answers these.
    expect(refusal("gpt-6.2-sol", body)).toBeUndefined();
    expect(refusal("gpt-6-sol", { ...body, tools })).toBeUndefined();
  });

  it.each(["input", "instructions", "background", "previous_response_id", "conversation", "text"])(
    "gets no %s of a stranger's, which would change what OpenAI does and keeps",
    (param) => {
      expect(refusal("gpt-6.2-sol", { tools, [param]: "x" })).toEqual(["unknown_parameter", param]);
    },
  );

  it("gets verbosity, who asks, and parameters that nobody here knows", () => {
    const { extras, notSent } = check("gpt-6.2-sol", {
      tools,
      verbosity: "low",
      user: "ada",
      prompt_cache_retention: "24h",
    });
    expect(extras).toEqual({ verbosity: "low", user: "ada", prompt_cache_retention: "24h" });
    expect(notSent).toEqual([]);
  });
});

describe("DeepSeek", () => {
  it.each(["deepseek-flash", "deepseek-v4-pro"])(
    "gives log probabilities, as its reference says: %s",
    (model) => {
      const body = { logprobs: true, top_logprobs: 3 };
      expect(check(model, body).extras).toEqual(body);
    },
  );

  it.each([
    ["presence_penalty", { presence_penalty: 0.5 }],
    ["frequency_penalty", { frequency_penalty: 0.5 }],
    ["n", { n: 2 }],
    ["logit_bias", { logit_bias: { 5: 1 } }],
  ])("is refused %s by name, which it would ignore", (param, body) => {
    expect(refusal("deepseek-flash", body)).toEqual(["unsupported_parameter", param]);
  });
});
