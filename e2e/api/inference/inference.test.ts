import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import {
  startTestProcesses,
  type TestProcesses,
} from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { type Api, expectRefusal, openApi } from "../../support/client";
import { countRows, query } from "../../support/database";
import { customer, makeKey, type Person, setPlan, signUp } from "../../support/people";

const stack = await useTestStack();
let processes: TestProcesses;
let api: Api;
let ada: Person;
let key: string;

beforeAll(async () => {
  processes = await startTestProcesses({
    server: true,
    workers: 1,
    env: { WORKER_SWEEP_INTERVAL_MS: "500" },
  });
  api = await openApi(processes);
  ada = await customer(api, stack);
  key = await makeKey(api, ada);
});

const ask = (text: string, extra: object = {}) => ({
  model: "gpt-4o",
  messages: [{ role: "user", content: text }],
  max_tokens: 64,
  ...extra,
});
const submit = (body: object, headers: Record<string, string> = {}, as = key) =>
  api.post("/api/v1/inference", { as, body, headers });

async function finished(id: string, as = key) {
  for (const deadline = Date.now() + 25_000; Date.now() < deadline; await sleep(100)) {
    const reply = await api.get(`/api/v1/inference/${id}/result`, { as });
    if (reply.status === 200) return reply;
    expect(reply.status).toBe(202);
    expect(reply.headers.get("retry-after")).toBe("1");
    expect(reply.json).toMatchObject({ output: null, usage: null, cost_micros: null });
  }
  throw new Error(`${id} was not finished in time`);
}

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

describe("Idempotency-Key", () => {
  it("the same key and body get the first response again, and only one request exists", async () => {
    const headers = { "idempotency-key": randomUUID() };
    const first = await submit(ask("Once"), headers);
    const again = await submit(ask("Once"), headers);
    expect([again.status, again.json.id]).toEqual([202, first.json.id]);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
  });

  it("two simultaneous calls with the same key and body create one request", async () => {
    const headers = { "idempotency-key": randomUUID() };
    const replies = await Promise.all(Array.from({ length: 8 }, () => submit(ask("At once"), headers)));
    const ids = new Set(replies.filter(({ status }) => status === 202).map(({ json }) => json.id));
    expect(ids.size).toBe(1);
    for (const reply of replies) expect([202, 409]).toContain(reply.status);
  });

  it("409 idempotency_in_flight while the first call is in progress", async () => {
    const first = await submit(ask("Hold"), { "idempotency-key": "held" });
    await query("UPDATE idempotency_keys SET status = 'in_flight', response = NULL WHERE key = 'held'");
    const reply = await submit(ask("Hold"), { "idempotency-key": "held" });
    expectRefusal(reply, 409, "idempotency_in_flight", "Idempotency-Key");
    expect(first.status).toBe(202);
  });

  it("422 idempotency_mismatch for another body, and nothing is written", async () => {
    const headers = { "idempotency-key": randomUUID() };
    const first = await submit(ask("One"), headers);
    await finished(first.json.id);
    const before = await countRows();
    expectRefusal(await submit(ask("Another"), headers), 422, "idempotency_mismatch", "Idempotency-Key");
    expect(await countRows()).toEqual(before);
  });

  it("the same key of another organization is a different one", async () => {
    const eve = await customer(api, stack);
    const evesKey = await makeKey(api, eve);
    const headers = { "idempotency-key": randomUUID() };
    const mine = await submit(ask("Ours"), headers);
    const hers = await submit(ask("Ours"), headers, evesKey);
    expect(hers.json.id).not.toBe(mine.json.id);
  });

  it.each(["a b", "x".repeat(256)])("400 for %j", async (header) => {
    expectRefusal(
      await submit(ask("Hello"), { "idempotency-key": header }),
      400,
      "invalid_request",
      "Idempotency-Key",
    );
  });
});

describe("GET /api/v1/inference/{id}, its result, and POST …/cancel", () => {
  const unknown = "inf_01m844dwt2emvr8rasx2tvmp16";
  const each = (id: string, as: string | undefined) => [
    api.get(`/api/v1/inference/${id}`, { as }),
    api.get(`/api/v1/inference/${id}/result`, { as }),
    api.post(`/api/v1/inference/${id}/cancel`, { as }),
  ];

  it("404 for an unknown request and for another organization's, which stays untouched", async () => {
    const eve = await customer(api, stack);
    const evesKey = await makeKey(api, eve);
    const { id } = (await submit(ask("[[sim:slow:1500]]"), {}, evesKey)).json;
    const before = await countRows();
    for (const reply of await Promise.all([...each(unknown, key), ...each(id, key)])) {
      expect([reply.status, reply.json.error.code]).toEqual([404, "not_found"]);
    }
    expect({ ...(await countRows()), tokens: 0, usage_ledger: 0 }).toEqual({
      ...before,
      tokens: 0,
      usage_ledger: 0,
    });
    expect((await finished(id, evesKey)).json.status).toBe("completed");
  });

  it("400 invalid_id for an ID that is not a request's", async () => {
    for (const id of [
      "inf_nonsense",
      "key_01m844dwt2emvr8rasx2tvmp16",
      "inf_01KAQ7V5K2E6RT9C3M8W4XZ5HD",
      "%00",
      "%F0%28",
    ]) {
      for (const reply of await Promise.all(each(id, key))) expectRefusal(reply, 400, "invalid_id", "id");
    }
  });

  it("401 without credentials, and 403 without the scope", async () => {
    for (const reply of await Promise.all(each(unknown, undefined)))
      expectRefusal(reply, 401, "missing_credentials");
    const reader = await makeKey(api, ada, { scopes: ["models:read"] });
    for (const reply of await Promise.all(each(unknown, reader)))
      expectRefusal(reply, 403, "insufficient_scope");
  });

  it("canceling stops a running request and bills nothing; a completed one gets 409", async () => {
    const { id } = (await submit(ask("[[sim:slow:8000]]"))).json;
    const cancelled = await api.post(`/api/v1/inference/${id}/cancel`, { as: key });
    expect(cancelled.status).toBe(200);
    const result = await finished(id);
    expect(result.json).toMatchObject({ status: "cancelled", cost_micros: 0 });

    const done = (await submit(ask("Hello"), { prefer: "wait=10" })).json;
    expectRefusal(
      await api.post(`/api/v1/inference/${done.id}/cancel`, { as: key }),
      409,
      "request_not_cancellable",
      "id",
    );
  });
});

describe("keeping prompts to ourselves", () => {
  it("neither logs nor unencrypted columns hold a prompt, an answer or a key", async () => {
    const phrase = `chalcedony ${randomUUID()}`;
    const reply = await submit(ask(phrase, { metadata: { note: phrase } }), { prefer: "wait=10" });
    expect(reply.json.status).toBe("completed");
    await submit(ask("x", { [phrase]: 1 }));
    await api.get(`/api/v1/keys?${phrase}=${phrase}`, { as: ada.accessToken });
    const logs = [processes.server, ...processes.workers].map((process) => process?.logs()).join("");
    expect(logs).toContain(reply.headers.get("x-request-id") ?? "-");
    for (const secret of [phrase, key, ada.accessToken, ada.email, ada.password])
      expect(logs).not.toContain(secret);
    const [row] = await query(
      "SELECT to_jsonb(r)::text AS text FROM inference_requests r ORDER BY id DESC LIMIT 1",
    );
    expect(row?.text).not.toContain(phrase);
  });
});
