import { request as open } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import OpenAI from "openai";
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  startTestProcesses,
  type TestProcesses,
} from "../../../infra/testing/processes/start-test-processes";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { eventsOf, idIn } from "../../support/chat-stream";
import { type Api, openApi } from "../../support/client";
import { heldTokens, idOfOpenCall, ledgerRow } from "../../support/ledger";
import { customer, makeKey } from "../../support/people";
import { startScriptedProvider } from "../../support/scripted-provider";

const stack = await useTestStack();
const provider = await startScriptedProvider();
let run: TestProcesses;
let api: Api;
let key: string;

beforeAll(async () => {
  run = await startTestProcesses({ server: true, env: { ...provider.openAi, SHUTDOWN_GRACE_MS: "6000" } });
  api = await openApi(run);
  key = await makeKey(api, await customer(api, stack));
});

beforeEach(() => provider.play({}));

const body = {
  model: "gpt-4o",
  messages: [{ role: "user", content: "Hello" }],
  max_tokens: 500,
  stream: true,
};

function post(signal: AbortSignal, more: object = {}): Promise<Response> {
  return send("/v1/chat/completions", { ...body, ...more }, signal);
}

function send(path: string, sent: object, signal: AbortSignal): Promise<Response> {
  return fetch(api.url + path, {
    method: "POST",
    signal,
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify(sent),
  });
}

/** The ledger's row of a call that pays what the provider counted. */
const countedByProvider = { status: "completed", estimated: false, input_tokens: "11", output_tokens: "7" };

/** A second is the promise at rest; test runs share the machine. */
const WITHIN_MS = 2_500;

describe("a stream that breaks", () => {
  it("before its first content has a real status, and costs nothing", async () => {
    provider.play({ status: 500 });
    const reply = await api.post("/v1/chat/completions", { as: key, body });
    expect(reply.status).toBe(502);
    expect(reply.json.error.code).toBe("provider_error");
    const row = await ledgerRow(reply.headers.get("x-agatha-id") ?? "");
    expect(row).toMatchObject({ status: "failed", billable: false, cost_micros: "0" });
  });

  it("after it says so in the stream, without [DONE], and costs nothing", async () => {
    provider.play({ pieces: 20, breakAfter: 10, paceMs: 5 });
    const reply = await api.post("/v1/chat/completions", { as: key, body });
    expect(reply.status).toBe(200);
    const last = eventsOf(reply.text).at(-1) ?? "";
    expect(JSON.parse(last.replace(/^data: /, "")).error).toMatchObject({
      code: expect.stringMatching(/^provider_/),
      request_id: reply.headers.get("x-request-id"),
    });
    expect(reply.text).not.toContain("[DONE]");
    expect(await ledgerRow(idIn(reply.text))).toMatchObject({ status: "failed", cost_micros: "0" });

    const openai = new OpenAI({ apiKey: key, baseURL: `${api.url}/v1`, maxRetries: 0 });
    const read = async () => {
      const stream = await openai.chat.completions.create({
        model: "gpt-4o",
        messages: [{ role: "user", content: "Hello" }],
        stream: true,
      });
      for await (const _ of stream);
    };
    await expect(read()).rejects.toThrow(OpenAI.APIError);
  });

  it("shows no header, id or model name of the provider", async () => {
    const reply = await api.post("/v1/chat/completions", { as: key, body });
    expect(reply.text).not.toMatch(/chatcmpl-upstream|gpt-4o-2024-08-06/);
    expect(reply.headers.get("x-secret-of-the-provider")).toBeNull();
    expect(eventsOf(reply.text).at(-1)).toBe("data: [DONE]");
  });
});

describe("a client that hangs up", () => {
  it("before the first byte ends the provider's work within a second, and pays nothing", async () => {
    provider.play({ waitMs: 30_000 });
    const calls: [string, object][] = [
      ["/v1/chat/completions", body],
      ["/v1/chat/completions", { ...body, stream: false }],
      ["/v1/embeddings", { model: "text-embedding-3-small", input: "Hello" }],
    ];
    for (const [path, sent] of calls) {
      const hangUp = new AbortController();
      const answer = send(path, sent, hangUp.signal);
      await expect.poll(() => provider.calls.length, { timeout: 5_000 }).toBe(1);
      const leftAt = performance.now();
      hangUp.abort();
      await expect(answer).rejects.toThrow();
      await expect.poll(() => provider.calls[0]?.leftAt, { timeout: 3_000 }).toBeDefined();
      expect((provider.calls[0]?.leftAt ?? 0) - leftAt).toBeLessThan(WITHIN_MS);
      provider.calls.length = 0;
    }
    await expect.poll(heldTokens, { timeout: 10_000 }).toBe(0);
  });

  it("in the middle pays for what was delivered, counted here and marked as an estimate", async () => {
    provider.play({ endless: true, pieceLength: 40, paceMs: 20 });
    const hangUp = new AbortController();
    const reply = await post(hangUp.signal);
    const reader = reply.body?.getReader();
    let text = "";
    while ((text.match(/x{40}/g) ?? []).length < 10) {
      text += new TextDecoder().decode((await reader?.read())?.value);
    }
    const leftAt = performance.now();
    hangUp.abort();
    await expect.poll(() => provider.calls[0]?.leftAt, { timeout: 3_000 }).toBeDefined();
    expect((provider.calls[0]?.leftAt ?? 0) - leftAt).toBeLessThan(WITHIN_MS);
    const row = await ledgerRow(idIn(text));
    expect(row).toMatchObject({ status: "cancelled", billable: true, estimated: true });
    expect(Number(row.output_tokens)).toBeGreaterThanOrEqual(40);
    expect(Number(row.output_tokens)).toBeLessThanOrEqual(500);
    expect(Number(row.cost_micros)).toBeGreaterThan(0);
    await expect.poll(heldTokens, { timeout: 10_000 }).toBe(0);
  });

  it.each([
    ["before the end of its content", { silentBefore: "content" }, { estimated: true }],
    ["before its finish reason", { silentBefore: "finish" }, { estimated: true }],
    ["before the provider's count", { silentBefore: "usage" }, { estimated: true }],
    [
      "before the last event alone",
      { silentBefore: "done" },
      { estimated: false, input_tokens: "11", output_tokens: "7" },
    ],
  ] as const)(
    "%s pays for what was delivered, by the provider's count where it came",
    async (_, script, billed) => {
      provider.play({ pieces: 10, pieceLength: 40, ...script });
      const hangUp = new AbortController();
      const reply = await post(hangUp.signal);
      const reader = reply.body?.getReader();
      let text = "";
      while ((text.match(/x{40}/g) ?? []).length < 10) {
        text += new TextDecoder().decode((await reader?.read())?.value);
      }
      // An event without content makes no frame that the test could wait for.
      await sleep(200);
      const leftAt = performance.now();
      hangUp.abort();
      // Without its last event the provider is still at work; with it, it has nothing left to do.
      if (script.silentBefore !== "done") {
        await expect.poll(() => provider.calls[0]?.leftAt, { timeout: 3_000 }).toBeDefined();
        expect((provider.calls[0]?.leftAt ?? 0) - leftAt).toBeLessThan(WITHIN_MS);
      }
      const row = await ledgerRow(idIn(text));
      expect(row).toMatchObject({ billable: true, ...billed });
      if (billed.estimated) {
        expect(row.status).toBe("cancelled");
        // Ten pieces of forty characters, at four bytes a token.
        expect(row.output_tokens).toBe("100");
      }
      expect(Number(row.cost_micros)).toBeGreaterThan(0);
      await expect.poll(heldTokens, { timeout: 10_000 }).toBe(0);
    },
  );

  it("upon the finish reason pays the provider's count, which comes behind it", async () => {
    provider.play({ pieces: 3, usageAfterMs: 250 });
    const hangUp = new AbortController();
    const reply = await post(hangUp.signal);
    const reader = reply.body?.getReader();
    let text = "";
    while (!text.includes('"finish_reason":"stop"')) {
      text += new TextDecoder().decode((await reader?.read())?.value);
    }
    hangUp.abort();
    expect(await ledgerRow(idIn(text))).toMatchObject({
      ...countedByProvider,
      status: "cancelled",
      billable: true,
    });
    await expect.poll(heldTokens, { timeout: 10_000 }).toBe(0);
  });

  it("while the provider writes an answer in one piece, of which nothing was delivered, ends it and pays nothing", async () => {
    for (const silentBefore of ["content", "done"] as const) {
      provider.play({ silentBefore });
      const hangUp = new AbortController();
      const answer = post(hangUp.signal, { stream: false });
      await expect.poll(() => provider.calls[0]?.sent, { timeout: 5_000 }).toBeGreaterThan(0);
      const id = await idOfOpenCall();
      const leftAt = performance.now();
      hangUp.abort();
      await expect(answer).rejects.toThrow();
      await expect.poll(() => provider.calls[0]?.leftAt, { timeout: 3_000 }).toBeDefined();
      expect((provider.calls[0]?.leftAt ?? 0) - leftAt).toBeLessThan(WITHIN_MS);
      expect(await ledgerRow(id)).toMatchObject({
        status: "cancelled",
        billable: false,
        cost_micros: "0",
        output_tokens: "0",
      });
    }
    await expect.poll(heldTokens, { timeout: 10_000 }).toBe(0);
  });

  it("in the middle of an answer in one piece pays what the provider counted: it was settled before its first byte", async () => {
    provider.play({ pieces: 400, pieceLength: 40_000 });
    const hangUp = new AbortController();
    const reply = await post(hangUp.signal, { stream: false });
    expect(reply.status).toBe(200);
    const row = await ledgerRow(reply.headers.get("x-agatha-id") ?? "");
    await reply.body?.getReader().read();
    hangUp.abort();
    expect(row).toMatchObject(countedByProvider);
    await sleep(500);
    expect(await ledgerRow(reply.headers.get("x-agatha-id") ?? "")).toEqual(row);
    await expect.poll(heldTokens, { timeout: 10_000 }).toBe(0);
  });

  it("after the last byte pays what the provider counted", async () => {
    const hangUp = new AbortController();
    const reply = await post(hangUp.signal);
    const reader = reply.body?.getReader();
    let text = "";
    while (!text.includes("[DONE]")) {
      const part = await reader?.read();
      if (part?.value === undefined) throw new Error(`the stream ended before its last event: ${text}`);
      text += new TextDecoder().decode(part.value);
    }
    hangUp.abort();
    const row = await ledgerRow(idIn(text));
    expect(row).toMatchObject(countedByProvider);
  });
});

describe("a slow reader", () => {
  it("slows down its own provider instead of filling our memory", async () => {
    provider.play({ endless: true, pieceLength: 16_000 });
    const { hostname, port } = new URL(api.url);
    const payload = JSON.stringify(body);
    const request = open({
      hostname,
      port,
      path: "/v1/chat/completions",
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    });
    request.end(payload);
    const response = await new Promise<import("node:http").IncomingMessage>((resolve) =>
      request.once("response", resolve),
    );
    response.pause();
    await sleep(2_000);
    const before = provider.calls[0]?.sent ?? 0;
    await sleep(2_000);
    const after = provider.calls[0]?.sent ?? 0;
    // Only the buffers of the sockets fill up; then the provider stands still.
    expect(after - before).toBeLessThan(8);
    expect(after * 16_000).toBeLessThan(64 * 1024 * 1024);
    let read = 0;
    response.on("data", (chunk: Buffer) => {
      read += chunk.length;
    });
    response.on("error", () => undefined);
    response.resume();
    await expect.poll(() => read, { timeout: 10_000 }).toBeGreaterThan(after * 16_000);
    request.destroy();
    await expect.poll(heldTokens, { timeout: 10_000 }).toBe(0);
  });
});

describe("a silence", () => {
  it("is kept alive with comments that clients skip", async () => {
    provider.play({ waitMs: 22_000 });
    const started = performance.now();
    const reply = await post(AbortSignal.timeout(60_000));
    expect(reply.status).toBe(200);
    expect(performance.now() - started).toBeLessThan(21_500);
    // Nobody has answered yet: it is the one that is asked first.
    expect(reply.headers.get("x-agatha-model")).toBe("gpt-4o");
    const text = await reply.text();
    expect(eventsOf(text)[0]).toBe(": ping");
    expect(eventsOf(text).at(-1)).toBe("data: [DONE]");
  }, 60_000);
});

describe("a server that must stop", () => {
  it("lets a stream finish, and ends one that does not with an error in it, unbilled", async () => {
    provider.play({ pieces: 40, paceMs: 50 });
    const short = await post(AbortSignal.timeout(30_000));
    const shortText = short.text();
    await expect.poll(() => provider.calls[0]?.sent, { timeout: 5_000 }).toBeGreaterThan(3);
    provider.play({ endless: true, paceMs: 50 });
    const long = await post(AbortSignal.timeout(30_000));
    const longText = long.text();
    await expect.poll(() => provider.calls[0]?.sent, { timeout: 5_000 }).toBeGreaterThan(3);
    expect(await run.server?.stop()).toBe(0);
    expect(eventsOf(await shortText).at(-1)).toBe("data: [DONE]");
    const ended = await longText;
    expect(JSON.parse((eventsOf(ended).at(-1) ?? "").replace(/^data: /, "")).error.code).toBe(
      "service_unavailable",
    );
    expect(await ledgerRow(idIn(ended))).toMatchObject({ status: "failed", cost_micros: "0" });
    expect(await heldTokens()).toBe(0);
  }, 60_000);
});
