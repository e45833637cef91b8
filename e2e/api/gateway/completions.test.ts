import { describe, expect, it } from "vitest";
import { type Api, expectRefusal } from "../../support/client";
import { query } from "../../support/database";
import { heldTokens, ledgerRow } from "../../support/ledger";
import { customer, makeKey, setPlan } from "../../support/people";
import { useGateway } from "./testing/use-gateway";

const { stack, api, ada, key } = await useGateway();

const path = "/v1/chat/completions";
const body = { model: "gpt-4o", messages: [{ role: "user", content: "Hello" }], max_tokens: 64 };
const post = (more: Record<string, unknown> = {}, options: Parameters<Api["post"]>[1] = {}) =>
  api.post(path, { as: key, body: { ...body, ...more }, ...options });

const gemini = "gemini-3.8-flash";
const deepseek = "deepseek-flash";

describe("what a provider cannot do is refused by name, and costs nothing", () => {
  const cases: [string, Record<string, unknown>, string, string][] = [
    ["more answers from Gemini", { model: gemini, n: 2 }, "unsupported_parameter", "n"],
    ["log probabilities from Gemini", { model: gemini, logprobs: true }, "unsupported_parameter", "logprobs"],
    [
      "biases from DeepSeek",
      { model: deepseek, logit_bias: { 5: 1 } },
      "unsupported_parameter",
      "logit_bias",
    ],
    [
      "penalties from Gemini",
      { model: gemini, presence_penalty: 1 },
      "unsupported_parameter",
      "presence_penalty",
    ],
    ["a seed for DeepSeek", { model: deepseek, seed: 7 }, "unsupported_parameter", "seed"],
    [
      "a prediction for Gemini",
      { model: gemini, prediction: { type: "content", content: "x" } },
      "unsupported_parameter",
      "prediction",
    ],
    ["verbosity of DeepSeek", { model: deepseek, verbosity: "low" }, "unsupported_parameter", "verbosity"],
    [
      "a tier that is not sold",
      { model: gemini, service_tier: "ultrafast" },
      "unsupported_parameter",
      "service_tier",
    ],
    [
      "thinking of a model that does not",
      { reasoning_effort: "high" },
      "unsupported_parameter",
      "reasoning_effort",
    ],
    ["an unknown field for Gemini", { model: gemini, tomorrow: 1 }, "unknown_parameter", "tomorrow"],
    ["metadata of an answer that is not kept", { metadata: { a: "b" } }, "invalid_request", "metadata"],
    ["sound", { modalities: ["text", "audio"] }, "unsupported_parameter", "modalities"],
    ["a search", { web_search_options: {} }, "unsupported_parameter", "web_search_options"],
    ["functions of old", { functions: [] }, "unsupported_parameter", "functions"],
    [
      "stream options without a stream",
      { stream_options: { include_usage: true } },
      "invalid_request",
      "stream_options",
    ],
    ["top_logprobs alone", { top_logprobs: 2 }, "invalid_request", "top_logprobs"],
    ["two limits that differ", { max_completion_tokens: 9 }, "invalid_request", "max_completion_tokens"],
    ["a fallback that cannot", { models: [gemini], n: 2 }, "unsupported_parameter", "n"],
    ["a fallback that is none", { models: ["gpt-0"] }, "model_not_found", "models[0]"],
  ];

  it.each(cases)("%s", async (_name, more, code, param) => {
    const before = stack.simulator.calls().total;
    const reply = await post(more);
    expectRefusal(reply, code === "model_not_found" ? 404 : 400, code, param);
    expect(reply.headers.get("x-should-retry")).toBe("false");
    expect(stack.simulator.calls().total).toBe(before);
  });

  it("a field that OpenAI does not know either is passed on, and its refusal names it and costs nothing", async () => {
    for (const stream of [false, true])
      expectRefusal(await post({ org_id: { a: 1 }, stream }), 400, "unknown_parameter", "org_id");
    // A name that could be anything is not repeated.
    const odd = await post({ "sk-proj-abc": 1 });
    expectRefusal(odd, 400, "unknown_parameter");
    expect(odd.text).not.toContain("sk-proj");
    await expect.poll(heldTokens, { timeout: 10_000 }).toBe(0);
  });

  it("neutral values of the same fields are accepted", async () => {
    const neutral = { n: 1, logprobs: false, presence_penalty: 0, service_tier: "auto", store: false };
    for (const model of ["gpt-4o", gemini, deepseek]) {
      const reply = await post({ model, ...neutral, metadata: {}, parallel_tool_calls: true });
      expect(reply.status, reply.text).toBe(200);
    }
  });

  it("the end user's id is sent to OpenAI, and a header says where it is not sent", async () => {
    const sent = await post({ user: "ada" });
    expect(sent.headers.get("x-agatha-not-sent")).toBeNull();
    const kept = await post({ model: gemini, user: "ada", prompt_cache_key: "k" });
    expect(kept.status).toBe(200);
    expect(kept.headers.get("x-agatha-not-sent")).toBe("user, prompt_cache_key");
  });
});

describe("who may call", () => {
  it("a call without a key, without the scope or outside the key's models is refused", async () => {
    expectRefusal(await api.post(path, { body }), 401, "missing_credentials");
    const reader = await makeKey(api, ada, { scopes: ["models:read"] });
    expectRefusal(await api.post(path, { as: reader, body }), 403, "insufficient_scope");
    const narrow = await makeKey(api, ada, { models: [gemini] });
    expectRefusal(await api.post(path, { as: narrow, body }), 403, "model_not_allowed", "model");
    const reply = await api.post(path, { headers: { "x-api-key": key }, body });
    expect(reply.status).toBe(200);
  });

  it("a key reads the receipts of its organization's calls and of no other", async () => {
    const reply = await post();
    const { id, usage } = reply.json;
    const receipt = await api.get(`/v1/generation?id=${id}`, { as: key });
    expect(receipt.json).toMatchObject({
      id,
      status: "completed",
      model: "gpt-4o",
      endpoint: path,
      usage: { input_tokens: usage.prompt_tokens, output_tokens: usage.completion_tokens },
      cost_micros: Math.round(usage.cost * 1_000_000),
    });
    const stranger = await makeKey(api, await customer(api, stack));
    expectRefusal(await api.get(`/v1/generation?id=${id}`, { as: stranger }), 404, "not_found", "id");
    const other = await makeKey(api, ada, { environment: "test" });
    expectRefusal(await api.get(`/v1/generation?id=${id}`, { as: other }), 404, "not_found", "id");
  });

  it("a key reads its own limits and spend", async () => {
    const capped = await makeKey(api, ada, { monthly_cap_micros: 50_000 });
    const reply = await api.post(path, { as: capped, body });
    const cost = Math.round(reply.json.usage.cost * 1_000_000);
    await expect
      .poll(async () => (await api.get("/v1/key", { as: capped })).json.spent_this_month_micros, {
        timeout: 10_000,
      })
      .toBe(cost);
    const { json } = await api.get("/v1/key", { as: capped });
    expect(json).toMatchObject({ monthly_cap_micros: 50_000, environment: "live" });
  });
});

describe("money and limits", () => {
  it("a call that could cost more than x-max-cost is refused before it runs", async () => {
    const dear = await post({}, { headers: { "x-max-cost": "0.0001" } });
    expectRefusal(dear, 402, "spend_cap_reached", "x-max-cost");
    expect((await post({}, { headers: { "x-max-cost": "1" } })).status).toBe(200);
    expectRefusal(
      await post({}, { headers: { "x-max-cost": "much" } }),
      400,
      "invalid_request",
      "x-max-cost",
    );
  });

  it("a call that does not fit the month's tokens is refused with headers that say so", async () => {
    const bob = await customer(api, stack);
    await setPlan(bob, "free");
    const small = await makeKey(api, bob);
    const reply = await api.post(path, { as: small, body: { ...body, model: gemini, max_tokens: 60_000 } });
    expect(reply.status, reply.text).toBe(200);
    const two = await Promise.all(
      [1, 2, 3].map(() =>
        api.post(path, { as: small, body: { ...body, model: gemini, max_tokens: 65_000 } }),
      ),
    );
    expect(two.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
    const refused = two.find(({ status }) => status === 429);
    expect(refused?.json.error.code).toBe("quota_exceeded");
    expect(refused?.headers.get("x-should-retry")).toBe("false");
  });

  it("after many parallel calls the ledger has each of them, and nothing stays reserved", async () => {
    const replies = await Promise.all(
      Array.from({ length: 30 }, (_, index) => post({ stream: index % 2 === 0 })),
    );
    for (const reply of replies) {
      expect(reply.status, reply.text).toBe(200);
      await ledgerRow(reply.headers.get("x-agatha-id") ?? "");
    }
    await expect.poll(heldTokens, { timeout: 15_000 }).toBe(0);
    const ids = new Set(replies.map(({ headers }) => headers.get("x-agatha-id")));
    expect(ids.size).toBe(30);
  });
});

describe("another model", () => {
  it("answers and is billed when the requested model is down; with fallback off no other answers", async () => {
    stack.simulator.behave("503", { provider: "openai" });
    try {
      const reply = await post({ models: [gemini] });
      expect(reply.status, reply.text).toBe(200);
      expect(reply.headers.get("x-agatha-model")).toBe(gemini);
      expect(reply.json.model).toBe("gpt-4o");
      const [row] = await query<{ provider: string }>(
        "SELECT provider FROM usage_ledger ORDER BY created_at DESC LIMIT 1",
      );
      expect(row?.provider).toBe("gemini");
      const alone = await post({ models: [gemini] }, { headers: { "x-agatha-fallback": "off" } });
      expect(alone.json.error.code).toBe("provider_unavailable");
    } finally {
      stack.simulator.behave(null);
    }
  });
});

describe("bad bodies", () => {
  it.each([
    ["no body", undefined, 400, "invalid_request"],
    ["not JSON", "{", 400, "invalid_json"],
    ["a list", "[]", 400, "invalid_request"],
    ["null", "null", 400, "invalid_request"],
    ["another encoding", Buffer.from([0xff, 0xfe, 0x7b]), 400, "invalid_json"],
  ])("%s", async (_name, raw, status, code) => {
    const reply = await api.post(path, {
      as: key,
      headers: { "content-type": "application/json" },
      ...(raw !== undefined && { raw }),
    });
    expect([reply.status, reply.json.error.code]).toEqual([status, code]);
  });

  it("bodies of another content type, or compressed, are refused", async () => {
    const plain = await api.post(path, { as: key, raw: "{}", headers: { "content-type": "text/plain" } });
    expectRefusal(plain, 415, "unsupported_media_type", "Content-Type");
  });
});
