import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  startTestProcesses,
  type TestProcesses,
} from "../../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { type Api, expectRefusal, openApi } from "../../../support/client";
import { query } from "../../../support/database";
import { heldTokens, ledgerRow } from "../../../support/ledger";
import { customer, makeKey, type Person } from "../../../support/people";

/** OpenAI, which knows who calls: each key has a status of its own. */
const openAi = await startOpenAi();
const stack = await useTestStack({
  OPENAI_BASE_URL: openAi.url,
  OPENAI_API_KEY: "sk-ours",
  LOG_LEVEL: "debug",
});
let processes: TestProcesses;
let api: Api;
let ada: Person;
let key: string;

beforeAll(async () => {
  processes = await startTestProcesses({ server: true });
  api = await openApi(processes);
});

/** Each test has a customer without any keys of their own yet. */
beforeEach(async () => {
  openAi.reset();
  ada = await customer(api, stack);
  key = await makeKey(api, ada);
});

const path = "/v1/chat/completions";
const body = { model: "gpt-4o", messages: [{ role: "user", content: "Hello" }], max_tokens: 64 };
const complete = (more: object = {}, as = key) => api.post(path, { as, body: { ...body, ...more } });
const LIST_PRICE = (1_000 * 2.5 + 500 * 10) / 1_000_000;

async function own(apiKey: string, more: object = {}): Promise<string> {
  const { json, status, text } = await api.post("/api/v1/provider-keys", {
    as: ada.accessToken,
    body: { provider: "openai", api_key: apiKey, ...more },
  });
  expect(status, text).toBe(201);
  openAi.callers.length = 0;
  return json.id;
}

const receiptOf = async (id: string) => (await api.get(`/v1/generation?id=${id}`, { as: key })).json;
const counters = async () => {
  const [row] = await query<{ used: string; spent: string; held: string }>(
    `SELECT sum(used_tokens)::text AS used, sum(spent_micros)::text AS spent, sum(reserved_micros)::text AS held
     FROM quota_counters q JOIN api_keys k ON k.org_id = q.org_id WHERE k.secret_hash = sha256($1::text::bytea)`,
    [key],
  );
  return row;
};

describe("a call with the organization's own key", () => {
  it("is answered with it, is not billed, and says what the provider bills", async () => {
    await own("sk-of-ada-1");
    const reply = await complete();
    expect(reply.status, reply.text).toBe(200);
    expect(openAi.callers).toEqual(["sk-of-ada-1"]);
    expect(reply.json.usage).toMatchObject({
      prompt_tokens: 1_000,
      cost: 0,
      is_byok: true,
      cost_details: { upstream_inference_cost: LIST_PRICE },
    });
    await ledgerRow(reply.json.id);
    expect(await receiptOf(reply.json.id)).toMatchObject({
      cost_micros: 0,
      usage: { input_tokens: 1_000, output_tokens: 500 },
      attempts: [{ outcome: "completed", byok: true, credential: "own-1" }],
      receipt: { byok: true, provider_cost_micros: LIST_PRICE * 1_000_000, reserved_micros: 0 },
    });
    // Tokens count toward the plan, money toward nothing.
    expect(await counters()).toEqual({ used: "1500", spent: "0", held: "0" });
  });

  it("is streamed with the same usage", async () => {
    await own("sk-of-ada-1");
    const reply = await complete({ stream: true, stream_options: { include_usage: true } });
    expect(openAi.callers).toEqual(["sk-of-ada-1"]);
    expect(reply.text).toContain('"is_byok":true');
    expect(reply.text).toContain("data: [DONE]");
  });

  it("is within any x-max-cost, unless ours may follow", async () => {
    const headers = { "x-max-cost": "0.000001" };
    const capped = () => api.post(path, { as: key, body, headers });
    expectRefusal(await capped(), 402, "spend_cap_reached", "x-max-cost");
    await own("sk-of-ada-1", { fallback: true });
    expectRefusal(await capped(), 402, "spend_cap_reached", "x-max-cost");
    await own("sk-of-ada-2");
    const reply = await capped();
    expect(reply.status, reply.text).toBe(200);
    expect(reply.json.usage).toMatchObject({ cost: 0, is_byok: true });
  });

  it("reserves no money: a spent cap stops the same call with our key, but not this one", async () => {
    const capped = await makeKey(api, ada, { monthly_cap_micros: 10_000 });
    await query("UPDATE api_keys SET monthly_cap_micros = 1 WHERE secret_hash = sha256($1::text::bytea)", [
      capped,
    ]);
    expectRefusal(await complete({}, capped), 402, "spend_cap_reached");
    await own("sk-of-ada-1");
    expect((await complete({}, capped)).status).toBe(200);
  });

  it("reserves money where our key may follow", async () => {
    await own("sk-of-ada-1", { fallback: true });
    const capped = await makeKey(api, ada, { monthly_cap_micros: 10_000 });
    await query("UPDATE api_keys SET monthly_cap_micros = 1 WHERE secret_hash = sha256($1::text::bytea)", [
      capped,
    ]);
    expectRefusal(await complete({}, capped), 402, "spend_cap_reached");
  });

  it.each([401, 402, 429])(
    "that its provider answers with %s goes on with the organization's next key",
    async (status) => {
      await own("sk-of-ada-1");
      await own("sk-of-ada-2");
      openAi.answer("sk-of-ada-1", status);
      const reply = await complete();
      expect(reply.status, reply.text).toBe(200);
      expect(openAi.callers).toEqual(["sk-of-ada-1", "sk-of-ada-2"]);
      expect(reply.json.usage.cost).toBe(0);
    },
  );

  it.each([
    [401, 403, "provider_key_refused"],
    [402, 403, "provider_key_refused"],
    [429, 429, "provider_key_limited"],
  ] as const)(
    "that its provider answers with %s never goes on with our key unless allowed",
    async (status, seen, code) => {
      const id = await own("sk-of-ada-canary5");
      openAi.answer("sk-of-ada-canary5", status);
      const refused = await complete();
      expectRefusal(refused, seen, code);
      expect(refused.headers.get("retry-after")).toBe(status === 429 ? "7" : null);
      expect(openAi.callers).toEqual(["sk-of-ada-canary5"]);
      expect(refused.text + JSON.stringify([...refused.headers]) + processes.server?.logs()).not.toContain(
        "canary5",
      );

      await api.call("PATCH", `/api/v1/provider-keys/${id}`, {
        as: ada.accessToken,
        body: { fallback: true },
      });
      const answered = await complete();
      expect(answered.status, answered.text).toBe(200);
      expect(openAi.callers.slice(1)).toEqual(["sk-of-ada-canary5", "sk-ours"]);
      expect(answered.json.usage.cost).toBe(LIST_PRICE);
      await ledgerRow(answered.json.id);
      expect((await receiptOf(answered.json.id)).receipt).toMatchObject({
        byok: false,
        provider_cost_micros: 0,
      });
      await expect.poll(heldTokens, { timeout: 15_000 }).toBe(0);
    },
  );

  it("whose provider fails does not go on with our key, whatever is allowed", async () => {
    await own("sk-of-ada-1", { fallback: true });
    openAi.answer("sk-of-ada-1", 500);
    expectRefusal(await complete(), 502, "provider_error");
    expect(new Set(openAi.callers)).toEqual(new Set(["sk-of-ada-1"]));
  });

  it("is not made for a test key, for another provider's model, or for anyone else", async () => {
    await own("sk-of-ada-1");
    const test = await makeKey(api, ada, { environment: "test" });
    expect((await complete({}, test)).status).toBe(200);
    expect(openAi.callers).toEqual([]);
    const gemini = await complete({ model: "gemini-3.8-flash" });
    expect(gemini.json.usage.cost).toBeGreaterThan(0);
    const eve = await makeKey(api, await customer(api, stack));
    expect((await complete({}, eve)).status).toBe(200);
    expect(openAi.callers).toEqual(["sk-ours"]);
  });

  it("uses our key again, and is billed, once the organization's key is deleted", async () => {
    const id = await own("sk-of-ada-1");
    await complete();
    await api.delete(`/api/v1/provider-keys/${id}`, { as: ada.accessToken });
    const reply = await complete();
    expect(openAi.callers).toEqual(["sk-of-ada-1", "sk-ours"]);
    expect(reply.json.usage.cost).toBe(LIST_PRICE);
  });
});

async function startOpenAi() {
  const callers: string[] = [];
  const statuses = new Map<string, number>();
  const usage = { prompt_tokens: 1_000, completion_tokens: 500, total_tokens: 1_500 };
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const part of request) text += part;
    const caller = request.headers.authorization?.replace("Bearer ", "") ?? "";
    if (request.method === "GET") {
      response.writeHead(200, { "content-type": "application/json" });
      response.end('{"object":"list","data":[]}');
      return;
    }
    callers.push(caller);
    const status = statuses.get(caller) ?? 200;
    if (status !== 200) {
      response.writeHead(status, {
        "content-type": "application/json",
        ...(status === 429 && { "retry-after": "7" }),
      });
      response.end(JSON.stringify({ error: { message: `No: ${caller}`, type: "x", code: null } }));
      return;
    }
    const head = { id: "chatcmpl-1", created: 1, model: "gpt-4o-2024-08-06" };
    if (JSON.parse(text).stream !== true) {
      const message = { role: "assistant", content: "Hi", refusal: null };
      const choices = [{ index: 0, message, logprobs: null, finish_reason: "stop" }];
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ ...head, object: "chat.completion", choices, usage }));
      return;
    }
    const chunk = { ...head, object: "chat.completion.chunk" };
    const events = [
      { ...chunk, choices: [{ index: 0, delta: { role: "assistant", content: "Hi" }, finish_reason: null }] },
      { ...chunk, choices: [{ index: 0, delta: {}, finish_reason: "stop" }] },
      { ...chunk, choices: [], usage },
    ];
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end(`${events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join("")}data: [DONE]\n\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    callers,
    answer: (apiKey: string, status: number) => void statuses.set(apiKey, status),
    reset: () => {
      callers.length = 0;
      statuses.clear();
    },
  };
}
