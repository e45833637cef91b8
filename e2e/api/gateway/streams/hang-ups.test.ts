import { setTimeout as sleep } from "node:timers/promises";
import { beforeEach, describe, expect, it } from "vitest";
import { idIn } from "../../../support/chat-stream";
import { heldTokens, idOfOpenCall, ledgerRow } from "../../../support/ledger";
import { startScriptedProvider } from "../../../support/provider/scripted-provider";
import { sendBare, streamBody } from "../testing/post-stream";
import { useGateway } from "../testing/use-gateway";

const provider = await startScriptedProvider();
const gateway = await useGateway({ env: provider.openAi });

beforeEach(() => provider.play({}));

const whole = (signal: AbortSignal) => sendBare(gateway, signal, { body: { ...streamBody, stream: false } });

/** The ledger's row of a call that pays what the provider counted. */
const countedByProvider = { status: "completed", estimated: false, input_tokens: "11", output_tokens: "7" };

const piecesIn = (text: string) => (text.match(/x{40}/g) ?? []).length;

/** Reads no further than it has to. */
async function readUntil(reply: Response, enough: (text: string) => boolean): Promise<string> {
  const reader = reply.body?.getReader();
  const decoder = new TextDecoder();
  let text = "";
  while (!enough(text)) {
    const part = await reader?.read();
    if (part?.value === undefined) throw new Error(`the stream ended too early: ${text}`);
    text += decoder.decode(part.value, { stream: true });
  }
  return text;
}

/** The provider's work has ended, because its caller has left: by itself it would not, nor by a limit of ours that soon. */
async function expectLeft(): Promise<void> {
  await expect.poll(() => provider.calls[0]?.leftAt, { timeout: 60_000 }).toBeDefined();
}

describe("a client that hangs up", () => {
  it("before the first byte ends the provider's work, and pays nothing", async () => {
    provider.play({ until: new Promise(() => {}) });
    const calls: [string, object][] = [
      ["/v1/chat/completions", streamBody],
      ["/v1/chat/completions", { ...streamBody, stream: false }],
      ["/v1/embeddings", { model: "text-embedding-3-small", input: "Hello" }],
    ];
    for (const [path, sent] of calls) {
      const hangUp = new AbortController();
      const answer = sendBare(gateway, hangUp.signal, { path, body: sent });
      await expect.poll(() => provider.calls.length, { timeout: 60_000 }).toBe(1);
      hangUp.abort();
      await expect(answer).rejects.toThrow();
      await expectLeft();
      provider.calls.length = 0;
    }
    await expect.poll(heldTokens, { timeout: 60_000 }).toBe(0);
  });

  it("in the middle pays for what was delivered, counted here and marked as an estimate", async () => {
    provider.play({ endless: true, pieceLength: 40, paceMs: 20 });
    const hangUp = new AbortController();
    const reply = await sendBare(gateway, hangUp.signal);
    const text = await readUntil(reply, (read) => piecesIn(read) >= 10);
    hangUp.abort();
    await expectLeft();
    const row = await ledgerRow(idIn(text));
    expect(row).toMatchObject({ status: "cancelled", billable: true, estimated: true });
    expect(Number(row.output_tokens)).toBeGreaterThanOrEqual(40);
    expect(Number(row.output_tokens)).toBeLessThanOrEqual(500);
    expect(Number(row.cost_micros)).toBeGreaterThan(0);
    await expect.poll(heldTokens, { timeout: 60_000 }).toBe(0);
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
      const reply = await sendBare(gateway, hangUp.signal);
      const text = await readUntil(reply, (read) => piecesIn(read) >= 10);
      // An event without content makes no frame that the test could wait for.
      await sleep(200);
      hangUp.abort();
      // Without its last event the provider is still at work; with it, it has nothing left to do.
      if (script.silentBefore !== "done") {
        await expectLeft();
      }
      const row = await ledgerRow(idIn(text));
      expect(row).toMatchObject({ billable: true, ...billed });
      if (billed.estimated) {
        expect(row.status).toBe("cancelled");
        // Ten pieces of forty characters, at four bytes a token.
        expect(row.output_tokens).toBe("100");
      }
      expect(Number(row.cost_micros)).toBeGreaterThan(0);
      await expect.poll(heldTokens, { timeout: 60_000 }).toBe(0);
    },
  );

  it("upon the finish reason pays the provider's count, which comes behind it", async () => {
    provider.play({ pieces: 3, usageAfterMs: 250 });
    const hangUp = new AbortController();
    const reply = await sendBare(gateway, hangUp.signal);
    const text = await readUntil(reply, (read) => read.includes('"finish_reason":"stop"'));
    hangUp.abort();
    expect(await ledgerRow(idIn(text))).toMatchObject({
      ...countedByProvider,
      status: "cancelled",
      billable: true,
    });
    await expect.poll(heldTokens, { timeout: 60_000 }).toBe(0);
  });

  it("while the provider writes an answer in one piece, of which nothing was delivered, ends it and pays nothing", async () => {
    for (const silentBefore of ["content", "done"] as const) {
      provider.play({ silentBefore });
      const hangUp = new AbortController();
      const answer = whole(hangUp.signal);
      await expect.poll(() => provider.calls[0]?.sent, { timeout: 60_000 }).toBeGreaterThan(0);
      const id = await idOfOpenCall();
      hangUp.abort();
      await expect(answer).rejects.toThrow();
      await expectLeft();
      expect(await ledgerRow(id)).toMatchObject({
        status: "cancelled",
        billable: false,
        cost_micros: "0",
        output_tokens: "0",
      });
    }
    await expect.poll(heldTokens, { timeout: 60_000 }).toBe(0);
  });

  it("in the middle of an answer in one piece pays what the provider counted: it was settled before its first byte", async () => {
    provider.play({ pieces: 400, pieceLength: 40_000 });
    const hangUp = new AbortController();
    const reply = await whole(hangUp.signal);
    expect(reply.status).toBe(200);
    const row = await ledgerRow(reply.headers.get("x-agatha-id") ?? "");
    await reply.body?.getReader().read();
    hangUp.abort();
    expect(row).toMatchObject(countedByProvider);
    await sleep(500);
    expect(await ledgerRow(reply.headers.get("x-agatha-id") ?? "")).toEqual(row);
    await expect.poll(heldTokens, { timeout: 60_000 }).toBe(0);
  });

  it("after the last byte pays what the provider counted", async () => {
    const hangUp = new AbortController();
    const reply = await sendBare(gateway, hangUp.signal);
    const text = await readUntil(reply, (read) => read.includes("[DONE]"));
    hangUp.abort();
    const row = await ledgerRow(idIn(text));
    expect(row).toMatchObject(countedByProvider);
  });
});
