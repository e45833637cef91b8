import { fromPublicId } from "@agathaai/core/platform";
import { beforeAll, describe, expect, it } from "vitest";
import { startTestProcesses } from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { assemble, chunksOf } from "../../support/chat-stream";
import { type Api, expectRefusal, openApi } from "../../support/client";
import { query } from "../../support/database";
import { heldTokens, ledgerRow } from "../../support/ledger";
import { customer, makeKey, type Person, setPlan } from "../../support/people";

const stack = await useTestStack();
let api: Api;
let ada: Person;
let key: string;

beforeAll(async () => {
  api = await openApi(await startTestProcesses({ server: true }));
  ada = await customer(api, stack);
  key = await makeKey(api, ada);
});

const path = "/v1/chat/completions";
let questions = 0;
/** A question that nobody has asked yet. */
const ask = (more: object = {}) => ({
  model: "gpt-4o",
  messages: [{ role: "user", content: `Question ${++questions} of the cache` }],
  max_tokens: 200,
  ...more,
});
const send = (
  body: object,
  cache: string | undefined = "on",
  as = key,
  headers: Record<string, string> = {},
) =>
  api.post(path, {
    as,
    body,
    headers: { ...(cache !== undefined && { "x-agatha-cache": cache }), ...headers },
  });
const asked = () => stack.simulator.calls().total;

const textIn = (text: string) => assemble(chunksOf(text))[0]?.content;

/** Answers are stored behind the reply. */
async function hit(body: object, cache = "on", as = key) {
  let reply = await send(body, cache, as);
  await expect
    .poll(async () => {
      if (reply.headers.get("x-agatha-cache") !== "hit") reply = await send(body, cache, as);
      return reply.headers.get("x-agatha-cache");
    })
    .toBe("hit");
  return reply;
}

describe("a request that asks for the response cache", () => {
  it("is answered from it the second time: the same answer, its age, no cost, a receipt that says so", async () => {
    const body = ask();
    const first = await send(body);
    expect(first.headers.get("x-agatha-cache")).toBe("miss");
    expect(first.json.usage.cost).toBeGreaterThan(0);
    await hit(body);
    const before = asked();
    const second = await send(body);
    expect(asked()).toBe(before);
    expect(second.headers.get("x-agatha-cache")).toBe("hit");
    expect(Number(second.headers.get("age"))).toBeLessThan(30);
    expect(second.json.choices).toEqual(first.json.choices);
    expect(second.json.id).not.toBe(first.json.id);
    expect(second.json.usage).toMatchObject({ total_tokens: first.json.usage.total_tokens, cost: 0 });
    const row = await ledgerRow(second.json.id);
    expect(row).toMatchObject({
      status: "completed",
      cost_micros: "0",
      input_tokens: "0",
      reserved_tokens: "0",
    });
    const { json } = await api.get(`/v1/generation?id=${second.json.id}`, { as: key });
    expect(json.receipt.cache_age_seconds).toBe(Number(second.headers.get("age")));
    expect(json.attempts).toEqual([]);
    await expect.poll(heldTokens, { timeout: 15_000 }).toBe(0);
  });

  it("is replayed as a stream in OpenAI's chunks, whichever way it was stored, and the reverse", async () => {
    const body = ask();
    const whole = await send(body);
    await hit(body);
    const before = asked();
    const stream = await send({ ...body, stream: true, stream_options: { include_usage: true } });
    expect(stream.headers.get("x-agatha-cache")).toBe("hit");
    expect(textIn(stream.text)).toBe(whole.json.choices[0].message.content);
    expect(stream.text).toMatch(/data: \[DONE\]\n\n$/);
    expect(stream.text).toContain('"finish_reason":"stop"');
    expect(stream.text).toContain('"cost":0');
    expect(asked()).toBe(before);

    const streamed = ask({ stream: true });
    const first = await send(streamed);
    await hit(streamed);
    const again = await send({ ...streamed, stream: false });
    expect(again.headers.get("x-agatha-cache")).toBe("hit");
    expect(again.json.choices[0].message.content).toBe(textIn(first.text));
  });

  it("keeps tool calls through both ways", async () => {
    const tools = [
      { type: "function", function: { name: "weather", parameters: { type: "object", properties: {} } } },
    ];
    const body = ask({ tools, tool_choice: "required" });
    const first = await send({ ...body, stream: true });
    expect(first.status, first.text).toBe(200);
    await hit({ ...body, stream: true });
    const whole = await send(body);
    expect(whole.headers.get("x-agatha-cache")).toBe("hit");
    const [call] = whole.json.choices[0].message.tool_calls;
    expect(call).toMatchObject({ type: "function", function: { name: "weather" } });
    expect(call).not.toHaveProperty("index");
    expect(whole.json.choices[0].finish_reason).toBe("tool_calls");
    const replayed = await send({ ...body, stream: true });
    expect(replayed.text).toContain('"tool_calls":[{"index":0');
  });

  it("never gets another tenant's answer, nor one of the other environment", async () => {
    const body = ask();
    await send(body);
    await hit(body);
    const eve = await makeKey(api, await customer(api, stack));
    expect((await send(body, "on", eve)).headers.get("x-agatha-cache")).toBe("miss");
    const test = await makeKey(api, ada, { environment: "test" });
    expect((await send(body, "on", test)).headers.get("x-agatha-cache")).toBe("miss");
    const narrow = await makeKey(api, ada, { models: ["gemini-3.8-flash"] });
    expectRefusal(await send(body, "on", narrow), 403, "model_not_allowed", "model");
  });

  it("counts as a request: a limit per minute holds for hits too", async () => {
    const body = ask();
    await send(body);
    await hit(body);
    const slow = await makeKey(api, ada, { rpm_limit: 2 });
    const statuses = [];
    for (let call = 0; call < 3; call++) statuses.push((await send(body, "on", slow)).status);
    expect(statuses).toEqual([200, 200, 429]);
  });

  it("is answered where the plan's tokens are used up", async () => {
    const bob = await customer(api, stack);
    const his = await makeKey(api, bob);
    const body = ask();
    await send(body, "on", his);
    await hit(body, "on", his);
    await setPlan(bob, "free");
    await expect
      .poll(async () => (await send(ask({ max_tokens: 16_000, model: "gpt-4o" }), undefined, his)).status)
      .toBe(200);
    expect((await send(body, "on", his)).headers.get("x-agatha-cache")).toBe("hit");
  });

  it("asks the model with refresh and no-store; refresh replaces what is stored, no-store stores nothing", async () => {
    const body = ask();
    await send(body);
    await hit(body);
    for (const word of ["refresh", "600, refresh", "no-store", "off"]) {
      const before = asked();
      await send(body, word);
      expect(asked(), word).toBe(before + 1);
    }
    const usual = asked();
    await send(body, "on", key, { "cache-control": "no-cache" });
    await send(body, "on", key, { "cache-control": "no-store" });
    expect(asked()).toBe(usual + 2);
    const never = ask();
    for (let call = 0; call < 3; call++)
      expect((await send(never, "no-store")).headers.get("x-agatha-cache")).toBeNull();
  });

  it("is within any x-max-cost where a stored answer is used, and only there", async () => {
    const body = ask();
    const headers = { "x-max-cost": "0.000001" };
    expectRefusal(await send(body, "on", key, headers), 402, "spend_cap_reached", "x-max-cost");
    await hit(body);
    expect((await send(body, "on", key, headers)).status).toBe(200);
  });

  it("stores no failure, no refused and no cut answer", async () => {
    for (const more of [
      { messages: [{ role: "user", content: "[[sim:500]] cached" }] },
      { messages: [{ role: "user", content: "[[sim:filter]] cached" }] },
      { messages: [{ role: "user", content: "Tell me a very long story that is cut" }], max_tokens: 1 },
      { messages: [{ role: "user", content: "[[sim:half]] cached" }], stream: true },
    ]) {
      const body = ask(more);
      for (let call = 0; call < 3; call++) {
        const reply = await send(body);
        expect(reply.headers.get("x-agatha-cache"), JSON.stringify(more)).not.toBe("hit");
      }
    }
  });

  it("is free for who asks nothing: without the header neither is an answer stored nor used", async () => {
    const body = ask();
    await send(body);
    await hit(body);
    const before = asked();
    const reply = await send(body, "off");
    expect(reply.headers.get("x-agatha-cache")).toBeNull();
    expect(asked()).toBe(before + 1);
  });

  it("is on for a key that has a time of its own, and the header decides otherwise both ways", async () => {
    const keyed = await makeKey(api, ada, { cache_ttl_seconds: 600 });
    const body = ask();
    const first = await send(body, undefined, keyed);
    expect(first.headers.get("x-agatha-cache")).toBe("miss");
    const silent = () => api.post(path, { as: keyed, body });
    await expect.poll(async () => (await silent()).headers.get("x-agatha-cache")).toBe("hit");
    const before = asked();
    expect((await send(body, "off", keyed)).headers.get("x-agatha-cache")).toBeNull();
    expect((await send(body, "refresh", keyed)).headers.get("x-agatha-cache")).toBe("miss");
    const uncached = await api.post(path, { as: keyed, body, headers: { "cache-control": "no-store" } });
    expect(uncached.headers.get("x-agatha-cache")).toBeNull();
    expect(asked()).toBe(before + 3);
    // The scope is the organization's: a key without a default finds the same answer where its call asks.
    expect((await send(body, "on")).headers.get("x-agatha-cache")).toBe("hit");
    expect((await api.post(path, { as: key, body })).headers.get("x-agatha-cache")).toBeNull();
  });

  it("follows a change of its key within seconds: on, off, and in its successor", async () => {
    const made = await api.post("/api/v1/keys", {
      as: ada.accessToken,
      body: { name: "cache", environment: "live" },
    });
    const { id, secret } = made.json;
    const body = ask();
    const outcome = async (as = secret) => (await api.post(path, { as, body })).headers.get("x-agatha-cache");
    expect(await outcome()).toBeNull();
    const set = (seconds: number | null) =>
      api.call("PATCH", `/api/v1/keys/${id}`, { as: ada.accessToken, body: { cache_ttl_seconds: seconds } });
    expect((await set(60)).json.cache_ttl_seconds).toBe(60);
    await expect.poll(() => outcome(), { timeout: 10_000 }).toBe("hit");
    expect((await set(null)).json.cache_ttl_seconds).toBeNull();
    await expect.poll(() => outcome(), { timeout: 10_000 }).toBeNull();
    await set(60);
    const next = await api.post(`/api/v1/keys/${id}/rotate`, { as: ada.accessToken, body: {} });
    expect(next.json.cache_ttl_seconds).toBe(60);
    expect(await outcome(next.json.secret)).toBe("hit");
    for (const seconds of [0, 2_592_001, 1.5, "60"]) {
      const refused = await api.call("PATCH", `/api/v1/keys/${next.json.id}`, {
        as: ada.accessToken,
        body: { cache_ttl_seconds: seconds },
      });
      expectRefusal(refused, 400, "invalid_request", "cache_ttl_seconds");
    }
  });

  it("of an organization that forbids storage is answered by the model: nothing is stored, nothing stored is used", async () => {
    const eve = await customer(api, stack);
    const keyed = await makeKey(api, eve, { cache_ttl_seconds: 600 });
    const set = (storage: string) =>
      api.call("PATCH", "/api/v1/organization/storage", { as: eve.accessToken, body: { storage } });
    const body = ask();
    await hit(body, "on", keyed);
    expect((await set("forbidden")).status).toBe(200);
    const outcome = async (cache?: string) => (await send(body, cache, keyed)).headers.get("x-agatha-cache");
    await expect.poll(() => outcome("on"), { timeout: 10_000 }).toBe("off");
    const before = asked();
    for (const cache of ["on", "600", "refresh", undefined])
      expect(
        (
          await api.post(path, { as: keyed, body, headers: cache ? { "x-agatha-cache": cache } : {} })
        ).headers.get("x-agatha-cache"),
      ).toBe("off");
    expect(asked()).toBe(before + 4);
    expect(
      await query("SELECT count(*) AS count FROM cached_answers WHERE org_id = $1", [
        fromPublicId("org", eve.orgId),
      ]),
    ).toEqual([{ count: "0" }]);
    await set("off");
    await expect.poll(() => outcome("on"), { timeout: 10_000 }).not.toBe("off");
  });

  it("works for embeddings", async () => {
    const body = { model: "text-embedding-3-small", input: `Moss agate ${++questions}` };
    const embed = () => api.post("/v1/embeddings", { as: key, body, headers: { "x-agatha-cache": "60" } });
    const first = await embed();
    expect(first.status, first.text).toBe(200);
    await expect.poll(async () => (await embed()).headers.get("x-agatha-cache")).toBe("hit");
    const second = await embed();
    expect(second.json.data).toEqual(first.json.data);
    expect(second.json.usage.cost).toBe(0);
  });

  it.each(["yes", "0", "-1", "2592001", "1.5"])("400: %s is no time", async (word) => {
    expectRefusal(await send(ask(), word), 400, "invalid_request", "x-agatha-cache");
  });

  it("DELETE /api/v1/response-cache: 200, and everything of the organization is asked anew", async () => {
    const body = ask();
    await send(body);
    await hit(body);
    expectRefusal(await api.delete("/api/v1/response-cache", { as: key }), 403, "insufficient_scope");
    expectRefusal(await api.delete("/api/v1/response-cache"), 401, "missing_credentials");
    const purged = await api.delete("/api/v1/response-cache", { as: ada.accessToken });
    expect(purged.json).toEqual({ id: ada.orgId, object: "response_cache", deleted: true });
    expect((await send(body)).headers.get("x-agatha-cache")).toBe("miss");
  });
});
