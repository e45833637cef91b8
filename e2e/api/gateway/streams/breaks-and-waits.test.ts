import { type IncomingMessage, request as open } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import OpenAI from "openai";
import { beforeEach, describe, expect, it } from "vitest";
import { until } from "../../../../infra/testing/until";
import { eventsOf, idIn } from "../../../support/chat-stream";
import { heldTokens, ledgerRow } from "../../../support/ledger";
import { startScriptedProvider } from "../../../support/provider/scripted-provider";
import { sendBare, streamBody } from "../testing/post-stream";
import { useGateway } from "../testing/use-gateway";

const provider = await startScriptedProvider();
const gateway = await useGateway({ env: { ...provider.openAi, SHUTDOWN_GRACE_MS: "6000" } });

beforeEach(() => provider.play({}));

describe("a stream that breaks", () => {
  it("before its first content has a real status, and costs nothing", async () => {
    provider.play({ status: 500 });
    const reply = await gateway.api.post("/v1/chat/completions", { as: gateway.key, body: streamBody });
    expect(reply.status).toBe(502);
    expect(reply.json.error.code).toBe("provider_error");
    const row = await ledgerRow(reply.headers.get("x-agatha-id") ?? "");
    expect(row).toMatchObject({ status: "failed", billable: false, cost_micros: "0" });
  });

  it("after it says so in the stream, without [DONE], and costs nothing", async () => {
    provider.play({ pieces: 20, breakAfter: 10, paceMs: 5 });
    const reply = await gateway.api.post("/v1/chat/completions", { as: gateway.key, body: streamBody });
    expect(reply.status).toBe(200);
    const last = eventsOf(reply.text).at(-1) ?? "";
    expect(JSON.parse(last.replace(/^data: /, "")).error).toMatchObject({
      code: expect.stringMatching(/^provider_/),
      request_id: reply.headers.get("x-request-id"),
    });
    expect(reply.text).not.toContain("[DONE]");
    expect(await ledgerRow(idIn(reply.text))).toMatchObject({ status: "failed", cost_micros: "0" });

    const openai = new OpenAI({ apiKey: gateway.key, baseURL: `${gateway.api.url}/v1`, maxRetries: 0 });
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
    const reply = await gateway.api.post("/v1/chat/completions", { as: gateway.key, body: streamBody });
    expect(reply.text).not.toMatch(/chatcmpl-upstream|gpt-4o-2024-08-06/);
    expect(reply.headers.get("x-secret-of-the-provider")).toBeNull();
    expect(eventsOf(reply.text).at(-1)).toBe("data: [DONE]");
  });
});

describe("a slow reader", () => {
  it("slows down its own provider instead of filling our memory", async () => {
    provider.play({ endless: true, pieceLength: 16_000 });
    const { hostname, port } = new URL(gateway.api.url);
    const payload = JSON.stringify(streamBody);
    const request = open({
      hostname,
      port,
      path: "/v1/chat/completions",
      method: "POST",
      headers: { authorization: `Bearer ${gateway.key}`, "content-type": "application/json" },
    });
    request.end(payload);
    const response = await new Promise<IncomingMessage>((resolve) => request.once("response", resolve));
    response.pause();
    // Only the buffers of the sockets fill up; then the provider stands still.
    let sent = -1;
    const stands = async () => {
      const before = sent;
      await sleep(1_000);
      sent = provider.calls[0]?.sent ?? 0;
      return sent > 0 && sent === before;
    };
    await until(async () => (await stands()) && (await stands()));
    expect(sent * 16_000).toBeLessThan(64 * 1024 * 1024);
    let read = 0;
    response.on("data", (chunk: Buffer) => {
      read += chunk.length;
    });
    response.on("error", () => undefined);
    response.resume();
    await expect.poll(() => read, { timeout: 60_000 }).toBeGreaterThan(sent * 16_000);
    request.destroy();
    await expect.poll(heldTokens, { timeout: 60_000 }).toBe(0);
  });
});

describe("a silence", () => {
  it("is kept alive with comments that clients skip", async () => {
    let answer = () => {};
    provider.play({
      until: new Promise((resolve) => {
        answer = resolve;
      }),
    });
    const reply = await sendBare(gateway, AbortSignal.timeout(100_000));
    expect(reply.status).toBe(200);
    // Nobody has answered yet: it is the one that is asked first.
    expect(provider.calls).toMatchObject([{ sent: 0, ended: false, leftAt: undefined }]);
    expect(reply.headers.get("x-agatha-model")).toBe("gpt-4o");
    answer();
    const text = await reply.text();
    expect(eventsOf(text)[0]).toBe(": ping");
    expect(eventsOf(text).at(-1)).toBe("data: [DONE]");
  }, 120_000);
});

describe("a server that must stop", () => {
  it("lets a stream finish, and ends one that does not with an error in it, unbilled", async () => {
    provider.play({ pieces: 40, paceMs: 50 });
    const short = await sendBare(gateway, AbortSignal.timeout(30_000));
    const shortText = short.text();
    await expect.poll(() => provider.calls[0]?.sent, { timeout: 60_000 }).toBeGreaterThan(3);
    provider.play({ endless: true, paceMs: 50 });
    const long = await sendBare(gateway, AbortSignal.timeout(30_000));
    const longText = long.text();
    await expect.poll(() => provider.calls[0]?.sent, { timeout: 60_000 }).toBeGreaterThan(3);
    expect(await gateway.run.server?.stop()).toBe(0);
    expect(eventsOf(await shortText).at(-1)).toBe("data: [DONE]");
    const ended = await longText;
    expect(JSON.parse((eventsOf(ended).at(-1) ?? "").replace(/^data: /, "")).error.code).toBe(
      "service_unavailable",
    );
    expect(await ledgerRow(idIn(ended))).toMatchObject({ status: "failed", cost_micros: "0" });
    expect(await heldTokens()).toBe(0);
  }, 60_000);
});
