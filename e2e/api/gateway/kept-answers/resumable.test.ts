import { fromPublicId } from "@agathaai/core/platform";
import { beforeEach, describe, expect, it } from "vitest";
import { startTestProcesses } from "../../../../infra/testing/processes/start-test-processes";
import { expectRefusal } from "../../../support/client";
import { cutStream } from "../../../support/cut-stream";
import { query } from "../../../support/database";
import { ledgerRow } from "../../../support/ledger";
import { customer, makeKey } from "../../../support/people";
import { startScriptedProvider } from "../../../support/provider/scripted-provider";
import { useGateway } from "../testing/use-gateway";

const provider = await startScriptedProvider();
const { stack, run, api, ada, key } = await useGateway({ workers: 1, env: provider.openAi });
const other = await startTestProcesses({ server: true, env: provider.openAi });

beforeEach(() => provider.play({}));

const chat = "/v1/chat/completions";
const body = {
  model: "gpt-4o",
  messages: [{ role: "user", content: "Hello" }],
  max_tokens: 500,
  stream: true,
  stream_options: { include_usage: true },
};

async function cutAfter(events: number): Promise<{ id: string; text: string; last: number }> {
  const { id, text } = await cutStream(api.url, { key, body, events });
  const whole = text.slice(0, text.lastIndexOf("\n\n") + 2);
  return { id, text: whole, last: numbersIn(whole).at(-1) ?? 0 };
}

const numbersIn = (text: string) => [...text.matchAll(/^id: (\d+)$/gm)].map(([, number]) => Number(number));
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);

async function again(id: string, last: number, { url = api.url, as = key } = {}) {
  const reply = await fetch(`${url}/v1/generations/${id}/stream`, {
    headers: { authorization: `Bearer ${as}`, "last-event-id": String(last) },
  });
  expect(reply.headers.get("content-type")).toMatch(/^text\/event-stream/);
  return await reply.text();
}

describe("a stream whose connection dropped", () => {
  it.each(["the process that makes it", "another process"])(
    "goes on after the last event, from %s",
    async (which) => {
      provider.play({ pieces: 60, paceMs: 30 });
      const { id, text, last } = await cutAfter(5);
      const url = which === "another process" ? other.url : api.url;
      const [rest, all] = await Promise.all([again(id, last, { url }), again(id, 0, { url })]);
      expect(all).toBe(text + rest);
      expect(numbersIn(all)).toEqual(upTo(63));
      expect(all.match(/x{8}/g)).toHaveLength(60);
      expect(rest.endsWith("data: [DONE]\n\n")).toBe(true);
      expect(rest).toContain('"cost":');
      expect(provider.calls).toHaveLength(1);
      expect(await ledgerRow(id)).toMatchObject({ status: "completed", estimated: false });
      // A reader who already has every event gets only the end.
      expect(await again(id, 63)).toBe("data: [DONE]\n\n");
    },
  );

  it("says what is left of its caller's limits, and counts like a call that runs no model", async () => {
    const { id } = await cutAfter(3);
    const path = `/v1/generations/${id}/stream`;
    const read = await api.get(path, { as: key });
    expect(read.status, read.text).toBe(200);
    expect(read.headers.get("x-ratelimit-limit-requests")).toMatch(/^\d+$/);
    expect(read.headers.get("x-ratelimit-remaining-requests")).toMatch(/^\d+$/);
    const orgId = fromPublicId("org", ada.orgId);
    const changed = await query(
      "UPDATE rate_limit_buckets SET count = 1000000 WHERE key LIKE '%' || $1 || '%:control%' RETURNING 1",
      [orgId],
    );
    expect(changed.length).toBeGreaterThan(0);
    try {
      // What was taken ahead is still given, for a second.
      await expect.poll(async () => (await api.get(path, { as: key })).status).toBe(429);
      // A body that is refused is counted the same way.
      await expect
        .poll(async () => (await api.post(chat, { as: key, body: { model: "gpt-4o" } })).status)
        .toBe(429);
    } finally {
      await query("DELETE FROM rate_limit_buckets WHERE key LIKE '%' || $1 || '%:control%'", [orgId]);
    }
    expectRefusal(
      await api.post(chat, { as: key, body: { model: "gpt-4o" } }),
      400,
      "invalid_request",
      "messages",
    );
  });

  it("that cannot be read any further says so in the stream, without [DONE]", async () => {
    provider.play({ pieces: 80, paceMs: 50 });
    const { id } = await cutAfter(3);
    const reply = await fetch(`${other.url}/v1/generations/${id}/stream`, {
      headers: { authorization: `Bearer ${key}` },
    });
    const reader = reply.body?.getReader();
    let text = new TextDecoder().decode((await reader?.read())?.value);
    expect(text).toMatch(/^id: 1$/m);
    await query("UPDATE generations SET headers = '[]' WHERE id = $1", [fromPublicId("inf", id)]);
    for (let piece = await reader?.read(); piece?.done === false; piece = await reader?.read()) {
      text += new TextDecoder().decode(piece.value);
    }
    const [last = ""] = text.trimEnd().split("\n\n").slice(-1);
    expect(JSON.parse(last.replace(/^data: /, "")).error).toMatchObject({
      code: "internal_error",
      request_id: reply.headers.get("x-request-id"),
    });
    expect(text).not.toContain("[DONE]");
  });

  it("is polled and waited for as one answer", async () => {
    provider.play({ pieces: 40, paceMs: 40 });
    const { id } = await cutAfter(5);
    const running = await api.get(`/v1/generations/${id}`, { as: key });
    expect([running.status, running.json.status, running.headers.get("retry-after")]).toEqual([
      202,
      "processing",
      "1",
    ]);
    const ended = await api.get(`/v1/generations/${id}?wait=20`, { as: key });
    expect(ended.status, ended.text).toBe(200);
    expect(ended.json).toMatchObject({ status: "completed", streamed: true, error: null });
    const { choices, usage } = ended.json.response;
    expect(choices[0].message.content).toBe("xxxxxxxx".repeat(40));
    expect(choices[0].finish_reason).toBe("stop");
    expect(Math.round(usage.cost * 1_000_000)).toBe(ended.json.cost_micros);
    expect((await api.get(`/v1/generations/${id}?wait=61`, { as: key })).status).toBe(400);
  });

  it("belongs to its organization and environment", async () => {
    const { id } = await cutAfter(2);
    const stranger = await makeKey(api, await customer(api, stack));
    const test = await makeKey(api, ada, { environment: "test" });
    const writer = await makeKey(api, ada, { scopes: ["inference:write"] });
    for (const path of [`/v1/generations/${id}/stream`, `/v1/generations/${id}`]) {
      expectRefusal(await api.get(path), 401, "missing_credentials");
      for (const as of [stranger, test]) expectRefusal(await api.get(path, { as }), 404, "not_found", "id");
      expectRefusal(await api.get(path, { as: writer }), 403, "insufficient_scope");
    }
    const headers = { "last-event-id": "x" };
    const wrong = await api.get(`/v1/generations/${id}/stream`, { as: key, headers });
    expectRefusal(wrong, 400, "invalid_request", "Last-Event-ID");
    expectRefusal(await api.get("/v1/generations/inf_1/stream", { as: key }), 400, "invalid_id", "id");
    expectRefusal(await api.post(`/v1/generations/${id}/stream`, { as: key }), 405, "method_not_allowed");
  });

  it("ends with an error where its provider broke off, for every reader", async () => {
    provider.play({ pieces: 30, breakAfter: 20, paceMs: 20 });
    const { id, last } = await cutAfter(5);
    const rest = await again(id, last);
    expect(rest).toMatch(/"code":"provider_\w+"/);
    expect(rest).not.toContain("[DONE]");
    const { json } = await api.get(`/v1/generations/${id}?wait=5`, { as: key });
    expect(json).toMatchObject({
      status: "failed",
      cost_micros: 0,
      error: { code: expect.stringMatching(/^provider_/) },
    });
  });
});

it("a call that is not streamed is waited for after its caller has hung up", async () => {
  provider.play({ pieces: 10, paceMs: 100 });
  const headers = {
    "x-agatha-resumable": "true",
    "content-type": "application/json",
    authorization: `Bearer ${key}`,
  };
  const hangUp = new AbortController();
  const sent = JSON.stringify({ ...body, stream: false, stream_options: undefined, store: true });
  const cut = fetch(api.url + chat, { method: "POST", signal: hangUp.signal, headers, body: sent });
  await expect.poll(() => provider.calls.length, { timeout: 60_000 }).toBe(1);
  hangUp.abort();
  await cut.catch(() => undefined);
  const listed = async () => (await api.get("/api/v1/history?limit=1", { as: key })).json.data[0];
  await expect.poll(async () => (await listed())?.stored, { timeout: 10_000 }).toBe(true);
  const { id } = await listed();
  const { json } = await api.get(`/v1/generations/${id}?wait=10`, { as: key });
  expect(json).toMatchObject({ status: "completed", streamed: false });
  expect(json.response.choices[0].message.content).toBe("xxxxxxxx".repeat(10));
  expectRefusal(await api.get(`/v1/generations/${id}/stream`, { as: key }), 400, "invalid_request", "id");
});

it("the part of a stream whose process was killed is here, with an honest end and no cost", async () => {
  provider.play({ endless: true, paceMs: 20 });
  const { id } = await cutAfter(60);
  await run.server?.kill();
  const text = await again(id, 0, { url: other.url });
  expect(numbersIn(text).length).toBeGreaterThan(20);
  expect(numbersIn(text)).toEqual(upTo(numbersIn(text).length));
  expect(text).toContain('"code":"service_unavailable"');
  expect(text).not.toContain("[DONE]");
  expect(await ledgerRow(id)).toMatchObject({ status: "failed", cost_micros: "0" });
  const reply = await fetch(`${other.url}/v1/generations/${id}`, {
    headers: { authorization: `Bearer ${key}` },
  });
  const answer = (await reply.json()) as {
    status: string;
    response: { choices: { message: { content: string } }[] };
  };
  expect(answer.status).toBe("failed");
  expect(answer.response.choices[0]?.message.content).toMatch(/^x{100,}$/);
}, 60_000);
