import { describe, expect, it } from "vitest";
import { expectRefusal } from "../../support/client";
import { query } from "../../support/database";
import { api, ask, key, submit } from "./submitting";

/** A queued request is understood in the words of other APIs as a call of /v1 is: `e2e/api/gateway/thinking/other-words.test.ts`. */

const THOUGHTS = "Simulated reasoning.";
const google = (config: object) => ({ google: { thinking_config: config } });
const answered = async (body: object) => {
  const reply = await submit(ask("Which stone has bands?", { max_tokens: 64, ...body }), {
    prefer: "wait=20",
  });
  expect(reply.status, reply.text).toBe(200);
  return reply.json;
};

describe("a queued request that asks for thoughts in another API's words", () => {
  it.each([
    ["gpt-6-luna", { reasoning: { effort: "low" } }],
    ["gemini-3.8-flash", { reasoning: { max_tokens: 2_000 } }],
    ["gemini-3.8-flash", { extra_body: google({ thinking_level: "LOW", include_thoughts: true }) }],
    ["deepseek-flash", { reasoning: { enabled: true } }],
    ["deepseek-flash", { thinking: { type: "enabled" } }],
  ])("gets them, and is billed for them: %s %j", async (model, words) => {
    const result = await answered({ model, ...words });
    expect(result.output).toMatchObject({ reasoning_content: THOUGHTS });
    expect(result.usage).toMatchObject({ reasoning_tokens: expect.any(Number) });
    expect(Number(Object(result.usage).reasoning_tokens)).toBeGreaterThan(0);
  });

  it("is kept, and quoted, as what it stands for", async () => {
    const theirs = { model: "gpt-6-luna", reasoning: { effort: "low" } };
    const ours = { model: "gpt-6-luna", reasoning_effort: "low", include_reasoning: true };
    const quotes = await Promise.all(
      [theirs, ours].map((body) => api.post("/api/v1/inference/quote", { as: key, body: ask("Hi", body) })),
    );
    expect(quotes[0]?.status, quotes[0]?.text).toBe(200);
    expect(quotes[0]?.json.most).toEqual(quotes[1]?.json.most);
    const { json } = await submit(ask("Hi", theirs));
    const detail = await api.get(`/api/v1/inference/${json.id}`, { as: key });
    expect(detail.status).toBe(200);
    const [row] = await query<{ effort: string | null }>(
      "SELECT parameters ->> 'reasoning_effort' AS effort FROM inference_requests ORDER BY created_at DESC LIMIT 1",
    );
    expect(row).toEqual({ effort: "low" });
  });

  it("names the field as it was sent where the model asked for will not be told", async () => {
    const { headers, status } = await submit(
      ask("Hi", { reasoning: { effort: "low", exclude: true }, user: "ada" }),
    );
    expect(status).toBe(202);
    expect(headers.get("x-agatha-not-sent")).toBe("user, reasoning.effort");
  });

  it.each([
    ["unsupported_parameter", "reasoning.effort", { reasoning: { effort: "low" } }],
    ["unsupported_parameter", "reasoning", { reasoning: {} }],
    ["unsupported_parameter", "google", google({ thinking_level: "low" })],
    ["unsupported_parameter", "thinking", { thinking: { type: "enabled" } }],
    [
      "unsupported_parameter",
      "extra_body.google",
      { model: "deepseek-flash", extra_body: google({ include_thoughts: true }) },
    ],
    ["unknown_parameter", "reasoning.budget", { model: "gpt-6-luna", reasoning: { budget: 1 } }],
    ["unknown_parameter", "extra_body.top_k", { extra_body: { top_k: 1 } }],
    [
      "invalid_request",
      "reasoning.effort",
      { model: "gpt-6-luna", reasoning_effort: "high", reasoning: { effort: "low" } },
    ],
  ])("is refused by the name that was sent: %s %s", async (code, param, body) => {
    expectRefusal(await submit(ask("Hi", body)), 400, code, param);
    expectRefusal(
      await api.post("/api/v1/inference/quote", { as: key, body: ask("Hi", body) }),
      400,
      code,
      param,
    );
  });
});
