import { fromPublicId } from "@agathaai/core/platform";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  startTestProcesses,
  type TestProcesses,
} from "../../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { type Api, expectRefusal, openApi } from "../../../support/client";
import { query } from "../../../support/database";
import { customer, makeKey, type Person } from "../../../support/people";
import { startScriptedProvider } from "../../../support/provider/scripted-provider";

const stack = await useTestStack();
const provider = await startScriptedProvider();
let run: TestProcesses;
let api: Api;
let ada: Person;
let key: string;

beforeAll(async () => {
  run = await startTestProcesses({ server: true, workers: 1, env: provider.openAi });
  api = await openApi(run);
});

beforeEach(async () => {
  provider.play({});
  ada = await customer(api, stack);
  key = await makeKey(api, ada);
});

const chat = "/v1/chat/completions";
const secret = "a very private prompt";
const messages = [{ role: "user", content: secret }];
const post = (more: object = {}, as = key) =>
  api.post(chat, { as, body: { model: "gpt-4o", messages, max_tokens: 64, ...more } });
const history = async (search = "", as = key) =>
  (await api.get(`/api/v1/history${search}`, { as })).json.data;
const detail = (id: string, as = key) => api.get(`/api/v1/history/${id}`, { as });
const setting = (storage: string) =>
  api.call("PATCH", "/api/v1/organization/storage", { as: ada.accessToken, body: { storage } });
const idOf = (reply: { headers: Headers }) => reply.headers.get("x-agatha-id") ?? "";

describe("without store", () => {
  it("neither prompt nor answer is kept; the history has the call as the ledger has it", async () => {
    const reply = await post();
    const [row] = await query(
      "SELECT (SELECT count(*) FROM generations) AS kept, (SELECT count(*) FROM inference_requests WHERE endpoint IS NOT NULL) AS stored",
    );
    expect(row).toEqual({ kept: "0", stored: "0" });
    const [item] = await history();
    expect(item).toMatchObject({
      id: idOf(reply),
      endpoint: chat,
      stored: false,
      status: "completed",
      cost_micros: Math.round(reply.json.usage.cost * 1_000_000),
    });
    expect((await detail(item.id)).json).toMatchObject({ stored: false, messages: [], output: null });
    const stranger = await makeKey(api, await customer(api, stack));
    expectRefusal(await detail(item.id, stranger), 404, "not_found", "id");
    const test = await makeKey(api, ada, { environment: "test" });
    expectRefusal(await detail(item.id, test), 404, "not_found", "id");
  });
});

describe("with store: true", () => {
  it("a whole answer and a stream are in the history with prompt, metadata and answer, encrypted", async () => {
    provider.play({ pieces: 3 });
    const whole = await post({ store: true, metadata: { customer: "42" } });
    const streamed = await post({ store: true, metadata: { customer: "43" }, stream: true });
    expect(streamed.text).not.toContain("id: 1\n");
    for (const reply of [whole, streamed]) {
      const { json } = await detail(idOf(reply));
      expect(json).toMatchObject({
        id: idOf(reply),
        endpoint: chat,
        stored: true,
        status: "completed",
        messages,
        output: { role: "assistant", content: "xxxxxxxx".repeat(3) },
        finish_reason: "stop",
        usage: { input_tokens: 11, output_tokens: 7 },
        error: null,
      });
      expect(json.receipt.cost_micros).toBe(json.cost_micros);
    }
    expect((await history("?metadata[customer]=43")).map(({ id }) => id)).toEqual([idOf(streamed)]);
    const [rows] = await query<{ rows: string }>(
      "SELECT (SELECT string_agg(r::text, '') FROM inference_requests r) || (SELECT string_agg(g::text, '') FROM generations g) AS rows",
    );
    expect(rows?.rows).not.toMatch(new RegExp(`${secret}|xxxxxxxx`));
  });

  it("the history tells the endpoints apart, page by page", async () => {
    const stored = idOf(await post({ store: true }));
    const queued = await api.post("/api/v1/inference", {
      as: key,
      body: { model: "gpt-4o", prompt: "Hello", max_tokens: 20 },
      headers: { prefer: "wait=20" },
    });
    const unstored = idOf(await post());
    const all = [unstored, queued.json.id, stored];
    const ids = (items: { id: string }[]) => items.map(({ id }) => id);
    expect(ids(await history())).toEqual(all);
    expect(ids(await history(`?endpoint=${chat}`))).toEqual([unstored, stored]);
    expect(ids(await history("?endpoint=/api/v1/inference"))).toEqual([queued.json.id]);
    expect(await history("?endpoint=/v1/embeddings")).toEqual([]);
    expectRefusal(
      await api.get("/api/v1/history?endpoint=/v2", { as: key }),
      400,
      "invalid_request",
      "endpoint",
    );
    const paged: string[] = [];
    for (let cursor: string | null = ""; cursor !== null; ) {
      const { json } = await api.get(`/api/v1/history?limit=1${cursor && `&cursor=${cursor}`}`, { as: key });
      paged.push(...ids(json.data));
      cursor = json.next_cursor;
    }
    expect(paged).toEqual(all);
  });

  it("a stream whose process dies is in the history with what had come, failed and unbilled", async () => {
    provider.play({ endless: true, paceMs: 20 });
    const cut = fetch(api.url + chat, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify({ model: "gpt-4o", messages, max_tokens: 64, store: true, stream: true }),
    });
    const id = idOf(await cut);
    await expect
      .poll(async () => (await query("SELECT 1 FROM generation_parts")).length, { timeout: 60_000 })
      .toBeGreaterThan(3);
    await run.server?.kill();
    await run.restartServer();
    await expect
      .poll(async () => (await detail(id)).json.stored, { timeout: 45_000, interval: 1_000 })
      .toBe(true);
    const { json } = await detail(id);
    expect(json).toMatchObject({
      status: "failed",
      cost_micros: 0,
      error: { code: "service_unavailable" },
      messages,
    });
    expect(json.output.content).toMatch(/^x{16,}$/);
  }, 90_000);

  it("what is deleted is gone, also where an Idempotency-Key had its answer", async () => {
    const body = { model: "gpt-4o", messages, max_tokens: 64, store: true };
    const headers = { "idempotency-key": "deleted" };
    const reply = await api.post(chat, { as: key, body, headers });
    const id = idOf(reply);
    expect((await api.delete(`/api/v1/history/${id}`, { as: key })).status).toBe(200);
    expect(await history()).toEqual([]);
    expectRefusal(await detail(id), 404, "not_found", "id");
    expectRefusal(await api.post(chat, { as: key, body, headers }), 409, "conflict", "Idempotency-Key");
    const parts = "SELECT 1 FROM generation_parts WHERE generation_id = $1";
    expect(await query(parts, [fromPublicId("inf", id)])).toEqual([]);
  });
});

describe("what an organization has set", () => {
  it("on: all is stored but what says no; off again: nothing but what says yes", async () => {
    expect((await setting("on")).json).toEqual({ storage: "on" });
    const stored = async (more: object) => (await detail(idOf(await post(more)))).json.stored;
    await expect.poll(() => stored({}), { timeout: 10_000 }).toBe(true);
    expect(await stored({ metadata: { a: "b" } })).toBe(true);
    expect(await stored({ store: false })).toBe(false);
    await setting("off");
    await expect.poll(() => stored({}), { timeout: 10_000 }).toBe(false);
  });

  it("forbidden: store: true is refused by name, and an answer kept for its key lives for an hour", async () => {
    await setting("forbidden");
    await expect.poll(async () => (await post({ store: true })).status, { timeout: 10_000 }).toBe(400);
    expectRefusal(await post({ store: true }), 400, "unsupported_parameter", "store");
    expect((await post()).status).toBe(200);
    const body = { model: "gpt-4o", messages, max_tokens: 64 };
    const reply = await api.post(chat, { as: key, body, headers: { "idempotency-key": "short" } });
    expect(reply.status).toBe(200);
    const [life] = await query<{ minutes: string; input: null }>(
      "SELECT round(extract(epoch FROM expires_at - created_at) / 60) AS minutes, input_cipher AS input FROM generations ORDER BY created_at DESC LIMIT 1",
    );
    expect(life).toEqual({ minutes: "60", input: null });
  });

  it("is changed by owners and admins alone, and the change is in the audit log", async () => {
    await setting("on");
    expect((await api.get("/api/v1/organization/storage", { as: ada.accessToken })).json).toEqual({
      storage: "on",
    });
    expectRefusal(await setting("maybe"), 400, "invalid_request", "storage");
    await expect
      .poll(async () => (await api.get("/api/v1/audit", { as: ada.accessToken })).text, { timeout: 10_000 })
      .toContain('"storage"');
  });
});
