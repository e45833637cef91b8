import { describe, expect, it } from "vitest";
import { expectRefusal } from "../../support/client";
import { countRows, query } from "../../support/database";
import { customer, makeKey, setPlan, signUp } from "../../support/people";
import { ada, api, ask, finished, key, stack, submit } from "./submitting";

describe("POST /api/v1/inference", () => {
  it("accepts what OpenAI clients send: echoed answers, defaults, null, and other names of models", async () => {
    const echo = { role: "assistant", content: "Agates.", refusal: null, annotations: [], audio: null };
    const body = {
      model: "openai/gpt-4o-2024-08-06",
      messages: [
        { role: "system", content: "" },
        { role: "user", content: "Stones?", name: "Ada" },
        { ...echo, function_call: null, tool_calls: [] },
        { role: "user", content: "Name three." },
      ],
      n: 1,
      stream: false,
      store: true,
      user: "u-1",
      tools: null,
      stop: null,
      max_completion_tokens: 64,
      parallel_tool_calls: true,
      reasoning_effort: "low",
    };
    const accepted = await submit(body);
    expect(accepted.status).toBe(202);
    expect((await finished(accepted.json.id)).json).toMatchObject({ status: "completed", model: "gpt-4o" });
  });

  it("202, then 200 with the provider's answer, its usage and its cost, metered once", async () => {
    const accepted = await submit(ask("Name three kinds of agate.", { max_tokens: 2_000 }));
    expect(accepted.status).toBe(202);
    expect(accepted.json.status).toBe("queued");
    expect(accepted.headers.get("retry-after")).toBe("1");
    const { id } = accepted.json;
    const result = await finished(id);
    expect(result.json).toMatchObject({ id, status: "completed", model: "gpt-4o", finish_reason: "stop" });
    expect(result.json.output.content.length).toBeGreaterThan(0);
    expect(result.json.cost_micros).toBeGreaterThan(0);
    const { usage } = result.json;
    expect(usage.total_tokens).toBe(usage.input_tokens + usage.output_tokens);
    expect((await api.get(`/api/v1/inference/${id}`, { as: key })).json.status).toBe("completed");
    const ledger = await query("SELECT billable, cost_micros::int FROM usage_ledger");
    expect(ledger).toContainEqual({ billable: true, cost_micros: result.json.cost_micros });
  });

  it.each(["gpt-4", "gpt-3.5-turbo", "gemini-pro", "gemini-1.5-pro", "deepseek-chat", "deepseek-coder"])(
    "200 within Prefer: wait, through %s",
    async (model) => {
      const reply = await submit(ask("Hello", { model }), { prefer: "wait=10" });
      expect(reply.status).toBe(200);
      expect(reply.headers.get("preference-applied")).toBe("wait=10");
      expect(reply.json).toMatchObject({ status: "completed", output: { role: "assistant" } });
    },
  );

  it("202 when the wait ends first, and the request continues", async () => {
    const reply = await submit(ask("[[sim:slow:2500]]"), { prefer: "wait=1" });
    expect(reply.status).toBe(202);
    expect((await finished(reply.json.id)).json.status).toBe("completed");
  });

  it("prompt is shorthand for one user message", async () => {
    const reply = await submit({ model: "gpt-4o", prompt: "Hello", max_tokens: 16 }, { prefer: "wait=10" });
    expect(reply.json.status).toBe("completed");
  });

  it("a test key gets simulated answers: no provider is called and nothing is billed", async () => {
    const testKey = await makeKey(api, ada, { environment: "test" });
    const asked = stack.simulator.calls().total;
    const reply = await submit(ask("Hello"), { prefer: "wait=10" }, testKey);
    expect(reply.json).toMatchObject({ status: "completed", cost_micros: 0 });
    expect(stack.simulator.calls().total).toBe(asked);
  });

  it("200 with status failed and a reason when the provider refuses", async () => {
    const reply = await submit(ask("[[sim:400]]"), { prefer: "wait=10" });
    expect(reply.status).toBe(200);
    expect(reply.json).toMatchObject({ status: "failed", output: null, cost_micros: 0 });
    expect(reply.json.error.code).toMatch(/^provider_|^content_|^invalid_/);
  });

  it("every response states what is left of the plan", async () => {
    const person = await signUp(api);
    const testKey = await makeKey(api, person, { environment: "test" });
    const first = await submit(ask("Hello"), {}, testKey);
    expect(first.headers.get("x-ratelimit-limit-requests")).toBe("10");
    expect(first.headers.get("x-ratelimit-remaining-requests")).toBe("9");
    // Tests take nothing out of the month's tokens.
    expect(first.headers.get("x-ratelimit-limit-tokens")).toBeNull();
    const later = await api.get("/api/v1/models", { as: testKey });
    expect(later.headers.get("x-ratelimit-remaining-requests")).toBe("9");
    expect(Number(later.headers.get("x-ratelimit-reset-requests"))).toBeGreaterThan(0);
    const cara = await customer(api, stack);
    await setPlan(cara, "free");
    const live = await submit(ask("Hello"), {}, await makeKey(api, cara));
    expect(Number(live.headers.get("x-ratelimit-remaining-tokens"))).toBeGreaterThan(0);
    expect(live.headers.get("x-ratelimit-limit-tokens")).toBe("100000");
  });

  it("429 rate_limit_exceeded at the plan's eleventh request in a minute, while reads still work", async () => {
    const person = await signUp(api);
    const testKey = await makeKey(api, person, { environment: "test" });
    const replies = await Promise.all(Array.from({ length: 12 }, () => submit(ask("Hello"), {}, testKey)));
    expect(replies.filter(({ status }) => status === 202)).toHaveLength(10);
    const refused = replies.find(({ status }) => status === 429);
    if (refused === undefined) throw new Error("nothing was refused");
    expectRefusal(refused, 429, "rate_limit_exceeded");
    expect(Number(refused.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(refused.headers.get("x-should-retry")).toBeNull();
    expect((await api.get("/api/v1/models", { as: testKey })).status).toBe(200);
  });

  it("429 at a key's own limit leaves the other keys alone", async () => {
    const slow = await makeKey(api, ada, { rpm_limit: 1 });
    expect((await submit(ask("Hello"), {}, slow)).status).toBe(202);
    expectRefusal(await submit(ask("Hello"), {}, slow), 429, "rate_limit_exceeded");
    expect((await submit(ask("Hello"))).status).toBe(202);
  });

  it("429 quota_exceeded before anything is spent, with x-should-retry false", async () => {
    const person = await customer(api, stack);
    await setPlan(person, "free");
    const freeKey = await makeKey(api, person);
    const before = await countRows();
    const wide = ask("Hello", {
      max_tokens: 16_000,
      messages: [{ role: "user", content: "a ".repeat(100_000) }],
    });
    const reply = await submit(wide, {}, freeKey);
    expectRefusal(reply, 429, "quota_exceeded");
    expect(reply.headers.get("x-should-retry")).toBe("false");
    expect(await countRows()).toEqual(before);
  });

  it("202 while the queue is unreachable: the row is committed and recovery will send it", async () => {
    await stack.sqs.stop();
    try {
      const reply = await submit(ask("Hello"));
      expect(reply.status).toBe(202);
      expect((await api.get(`/api/v1/inference/${reply.json.id}`, { as: key })).json.status).toBe("queued");
    } finally {
      await stack.sqs.start();
    }
  });
});
