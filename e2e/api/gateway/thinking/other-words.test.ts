import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { chunksOf } from "../../../support/chat-stream";
import { expectRefusal } from "../../../support/client";
import { useGateway } from "../testing/use-gateway";

/** OpenRouter's `reasoning` and Google's `thinking_config` mean what `reasoning_effort` and `include_reasoning` mean. */

const { stack, api, key } = await useGateway();

const THOUGHTS = "Simulated reasoning.";
const post = (body: object) =>
  api.post("/v1/chat/completions", {
    as: key,
    body: {
      messages: [{ role: "user", content: `Which stone has bands, and is not ${randomUUID()}?` }],
      ...body,
    },
  });
const google = (config: object) => ({ google: { thinking_config: config } });

describe.each(["gpt-6.2-sol", "gpt-6-luna", "gemini-3.8-flash", "deepseek-flash"])("%s", (model) => {
  it.each([
    { effort: "low" },
    { effort: "high", exclude: false, summary: "auto" },
    { effort: null, max_tokens: 2_000 },
    { enabled: true },
  ])("thinks and shows it to who sends reasoning: %j", async (reasoning) => {
    const { json, status, text } = await post({ model, reasoning });
    expect(status, text).toBe(200);
    expect(json.choices[0].message).toMatchObject({ reasoning_content: THOUGHTS });
    expect(json.usage.completion_tokens_details.reasoning_tokens).toBeGreaterThan(0);
  });

  it("thinks the same in OpenRouter's words as in ours, in a stream too", async () => {
    const messages = [{ role: "user", content: "Which stone has bands?" }];
    const body = { model, messages, stream: true, stream_options: { include_usage: true } };
    const theirs = await post({ ...body, reasoning: { effort: "low" } });
    const ours = await post({ ...body, reasoning_effort: "low", include_reasoning: true });
    const usage = chunksOf(theirs.text).at(-1)?.usage;
    expect(usage).toMatchObject({ completion_tokens_details: { reasoning_tokens: 64 } });
    expect(usage).toEqual(chunksOf(ours.text).at(-1)?.usage);
    for (const { text } of [theirs, ours]) expect(text).toContain('"reasoning_content":"');
  });
});

describe("thoughts are kept out of the answer", () => {
  it.each(["gpt-6.2-sol", "gemini-3.8-flash"])("of %s by exclude and by include_thoughts", async (model) => {
    for (const body of [
      { reasoning: { effort: "low", exclude: true } },
      ...(model.startsWith("gemini") ? [google({ thinking_level: "low", include_thoughts: false })] : []),
    ]) {
      const { json, status, text } = await post({ model, ...body });
      expect(status, text).toBe(200);
      expect(json.choices[0].message).not.toHaveProperty("reasoning_content");
      expect(json.usage.completion_tokens_details.reasoning_tokens).toBeGreaterThan(0);
    }
  });

  it.each([{ effort: "none" }, { enabled: false }])(
    "and a model that can is told not to think: %j",
    async (reasoning) => {
      for (const model of ["gpt-6-luna", "deepseek-flash", "gpt-4o"]) {
        const { json, status, text } = await post({ model, reasoning });
        expect(status, text).toBe(200);
        expect(json.choices[0].message).not.toHaveProperty("reasoning_content");
        expect(json.usage.completion_tokens_details?.reasoning_tokens ?? 0).toBe(0);
      }
    },
  );
});

describe("Google's words, for Gemini's models", () => {
  it.each([
    google({ thinking_level: "low", include_thoughts: true }),
    google({ thinking_level: "HIGH", include_thoughts: true }),
    { extra_body: google({ thinking_budget: 8_192, include_thoughts: true }) },
    { extra_body: google({ include_thoughts: true }) },
  ])("%j", async (body) => {
    const { json, status, text } = await post({ model: "gemini-3.8-flash", ...body });
    expect(status, text).toBe(200);
    expect(json.choices[0].message).toMatchObject({ reasoning_content: THOUGHTS });
  });
});

describe("what a model cannot is refused by the name that was sent, before it costs anything", () => {
  it.each([
    ["unsupported_parameter", "reasoning.effort", { model: "gpt-4o", reasoning: { effort: "low" } }],
    ["unsupported_parameter", "reasoning.max_tokens", { model: "gpt-4o", reasoning: { max_tokens: 2_000 } }],
    ["unsupported_parameter", "reasoning.enabled", { model: "gpt-4o", reasoning: { enabled: true } }],
    ["unsupported_parameter", "reasoning", { model: "gpt-4o", reasoning: {} }],
    ["unsupported_parameter", "reasoning.enabled", { model: "gpt-6.2-sol", reasoning: { enabled: false } }],
    [
      "unsupported_parameter",
      "reasoning.exclude",
      { model: "deepseek-flash", reasoning: { effort: "low", exclude: true } },
    ],
    ["unsupported_parameter", "stop", { model: "gpt-6.2-sol", reasoning: { effort: "low" }, stop: "x" }],
    ["unsupported_parameter", "google", { model: "gpt-6.2-sol", ...google({ thinking_level: "low" }) }],
    [
      "unsupported_parameter",
      "extra_body.google",
      { model: "deepseek-flash", extra_body: google({ include_thoughts: true }) },
    ],
    [
      "unsupported_parameter",
      "google.thinking_config.thinking_budget",
      { model: "gemini-3.8-flash", ...google({ thinking_budget: 0 }) },
    ],
    [
      "invalid_request",
      "extra_body.google.thinking_config.thinking_budget",
      { model: "gemini-3.8-flash", extra_body: google({ thinking_budget: -1 }) },
    ],
    [
      "unknown_parameter",
      "extra_body.google.cached_content",
      { model: "gemini-3.8-flash", extra_body: { google: { cached_content: "cachedContents/1" } } },
    ],
    ["unknown_parameter", "reasoning.budget", { model: "gpt-6.2-sol", reasoning: { budget: 1 } }],
    ["unknown_parameter", "extra_body.top_k", { model: "gpt-4o", extra_body: { top_k: 1 } }],
  ])("%s %s", async (code, param, body) => {
    const before = stack.simulator.calls().total;
    expectRefusal(await post(body), 400, code, param);
    expect(stack.simulator.calls().total).toBe(before);
  });

  it.each([
    ["reasoning.effort", { reasoning_effort: "high", reasoning: { effort: "low" } }],
    ["reasoning.max_tokens", { reasoning: { effort: "high", max_tokens: 2_000 } }],
    ["reasoning.enabled", { reasoning: { effort: "high", enabled: false } }],
    ["reasoning.exclude", { include_reasoning: true, reasoning: { effort: "low", exclude: true } }],
    [
      "google.thinking_config.thinking_level",
      { model: "gemini-3.8-flash", reasoning_effort: "low", ...google({ thinking_level: "high" }) },
    ],
  ])("and so are two wishes that contradict each other: %s", async (param, body) => {
    expectRefusal(await post({ model: "gpt-6-luna", ...body }), 400, "invalid_request", param);
  });
});
