import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { until } from "../../../../infra/testing/until";
import { eventsOf, idIn } from "../../../support/chat-stream";
import { heldMicros, heldTokens, idOfOpenCall, ledgerRow } from "../../../support/ledger";
import { openCall } from "../../../support/open-call";
import { startScriptedProvider } from "../../../support/provider/scripted-provider";
import { scriptedUsage } from "../../../support/provider/scripted-wires";
import { useGateway } from "../testing/use-gateway";

/** The published rule of who hangs up (ADR 36), slow readers and a server that stops, for each provider's protocol. */

const provider = await startScriptedProvider();
const { run, api, key } = await useGateway({ env: { ...provider.env, SHUTDOWN_GRACE_MS: "6000" } });
beforeEach(() => provider.play({}));
afterEach(async () => {
  if (run.server !== undefined && stopped) return;
  await expect
    .poll(async () => [await heldTokens(), await heldMicros()], { timeout: 15_000 })
    .toEqual([0, 0]);
});

let stopped = false;
/** The last of them by OpenAI's Responses API, as every model that reasons and gets tools. */
const models = ["gpt-4o", "gemini-3.8-flash", "deepseek-flash", "gpt-6.2-sol"];
const tools = [{ type: "function", function: { name: "look_up", parameters: { type: "object" } } }];
const PIECE = "x".repeat(40);
/** As a script has it: forty characters a piece. */
const pieces = { pieceLength: PIECE.length };
const MAX_TOKENS = 500;

const ask = (model: string, { stream = true } = {}) =>
  openCall(api.url, {
    key,
    body: {
      ...{ model, stream, max_completion_tokens: MAX_TOKENS },
      ...(model === "gpt-6.2-sol" && { tools }),
      messages: [{ role: "user", content: "Why does an agate have bands?" }],
    },
  });

const piecesIn = (text: string) => text.split(PIECE).length - 1;
/** Its connection was closed from our side. */
const left = () => until(() => provider.calls.every(({ leftAt }) => leftAt !== undefined));
const nothing = { status: "cancelled", billable: false, cost_micros: "0", output_tokens: "0" };

describe.each(models)("a client of %s that hangs up", (model) => {
  it.each([true, false])(
    "at byte 0 (stream: %s) ends the provider's work and pays nothing",
    async (stream) => {
      provider.play({ waitMs: 60_000 });
      const { hangUp } = ask(model, { stream });
      await until(() => provider.calls.length === 1);
      const id = await idOfOpenCall();
      hangUp();
      await left();
      expect(await ledgerRow(id)).toMatchObject(nothing);
    },
  );

  it("in the middle ends the provider's work and pays for what was delivered, never above its limit", async () => {
    provider.play({ ...pieces, endless: true, paceMs: 20 });
    const { read, hangUp } = ask(model);
    await until(() => piecesIn(read.text) >= 10);
    hangUp();
    await left();
    const sent = provider.calls[0]?.sent ?? 0;
    const row = await ledgerRow(idIn(read.text));
    expect(row).toMatchObject({ status: "cancelled", billable: true });
    expect(Number(row.cost_micros)).toBeGreaterThan(0);
    // Gemini's count of the tokens so far came with every piece, and is not what was delivered.
    const output = Number(row.output_tokens);
    expect(row.estimated).toBe(true);
    expect(output).toBeGreaterThanOrEqual((10 * PIECE.length) / 4);
    expect(output).toBeLessThanOrEqual(Math.min(MAX_TOKENS, (sent * PIECE.length) / 4));
  });

  it("after the last word, before its provider said that it was the last, pays for what was delivered", async () => {
    provider.play({ ...pieces, pieces: 10, silentBefore: "finish" });
    const { read, hangUp } = ask(model);
    await until(() => piecesIn(read.text) === 10);
    hangUp();
    await left();
    const row = await ledgerRow(idIn(read.text));
    expect(row).toMatchObject({
      ...{ status: "cancelled", billable: true, estimated: true },
      output_tokens: String((10 * PIECE.length) / 4),
    });
  });

  it("before the last event alone pays the provider's count, which had come", async () => {
    provider.play({ ...pieces, pieces: 10, silentBefore: "done" });
    const { read, hangUp } = ask(model);
    // What is still to come is `[DONE]`, in OpenAI's protocol; in Gemini's the end of the stream.
    await until(() => read.text.includes('"finish_reason":"stop"'));
    hangUp();
    const row = await ledgerRow(idIn(read.text));
    expect(row).toMatchObject({
      ...{ billable: true, estimated: false },
      input_tokens: String(scriptedUsage.input),
      output_tokens: String(scriptedUsage.output),
    });
  });

  it("in the middle of an answer in one piece, of which nothing was delivered, pays nothing", async () => {
    provider.play({ silentBefore: "content" });
    const { hangUp } = ask(model, { stream: false });
    await until(() => (provider.calls[0]?.sent ?? 0) > 0);
    const id = await idOfOpenCall();
    hangUp();
    await left();
    expect(await ledgerRow(id)).toMatchObject(nothing);
  });
});

describe.each(models)("a slow reader of %s", (model) => {
  it("slows down its own provider, and nobody else's", async () => {
    provider.play({ endless: true, pieceLength: 16_000 });
    const slow = ask(model);
    (await slow.response).pause();
    // Buffers of sockets fill up; then the provider stands still.
    let last = -1;
    await until(async () => {
      const sent = provider.calls[0]?.sent ?? 0;
      const stands = sent > 0 && sent === last;
      last = sent;
      await new Promise((resolve) => setTimeout(resolve, 500));
      return stands && sent === (provider.calls[0]?.sent ?? 0);
    }, 20_000);
    expect(last * 16_000).toBeLessThan(64 * 1024 * 1024);

    const [stalled] = provider.calls;
    provider.play({ pieces: 50, ...pieces });
    const quick = ask(model);
    await until(() => quick.read.ended);
    expect(piecesIn(quick.read.text)).toBe(50);
    expect(eventsOf(quick.read.text).at(-1)).toBe("data: [DONE]");
    expect(stalled?.sent).toBeLessThan(last + 8);

    (await slow.response).resume();
    await until(() => (stalled?.sent ?? 0) > last);
    slow.hangUp();
    await until(() => stalled?.leftAt !== undefined);
  });
});

describe("a server that must stop", () => {
  it("lets streams of every provider finish, ends those that do not in-band and unbilled, and holds nothing", async () => {
    const start = async (script: Parameters<typeof provider.play>[0]) => {
      provider.play(script);
      const asked = models.map((model) => ask(model));
      await until(
        () => provider.calls.length === models.length && provider.calls.every(({ sent }) => sent > 3),
      );
      return asked;
    };
    const short = await start({ ...pieces, pieces: 40, paceMs: 50 });
    const long = await start({ ...pieces, endless: true, paceMs: 50 });
    stopped = true;
    expect(await run.server?.stop()).toBe(0);
    for (const { read } of short) {
      await until(() => read.ended);
      expect(piecesIn(read.text)).toBe(40);
      expect(eventsOf(read.text).at(-1)).toBe("data: [DONE]");
      expect(await ledgerRow(idIn(read.text))).toMatchObject({ status: "completed", estimated: false });
    }
    for (const { read } of long) {
      await until(() => read.ended);
      const { error } = JSON.parse((eventsOf(read.text).at(-1) ?? "").replace(/^data: /, ""));
      expect(error.code).toBe("service_unavailable");
      expect(await ledgerRow(idIn(read.text))).toMatchObject({ status: "failed", cost_micros: "0" });
    }
    expect([await heldTokens(), await heldMicros()]).toEqual([0, 0]);
  }, 60_000);
});
