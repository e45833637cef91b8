import { LLMock } from "@copilotkit/aimock";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { standInsEnv } from "../../../../infra/stand-ins/providers/stand-ins";
import { ask, contentOf, head, liveWays } from "../../../../infra/testing/engine/live-stage";
import { createLiveEngine, type LiveEngine } from "./live-engine";

/** A provider that was written elsewhere (@copilotkit/aimock), so that no mistake is made the same way on both sides. */
let mock: LLMock;
let engine: LiveEngine;

beforeAll(async () => {
  mock = new LLMock({ port: 0, chunkSize: 3 });
  await mock.start();
});
afterAll(() => mock.stop());
afterEach(async () => {
  mock.reset();
  await engine.close();
});

function openEngine(): LiveEngine {
  engine = createLiveEngine(
    { ...standInsEnv(() => mock.url), PROVIDER_TIMEOUT_MS: 5_000 },
    { limits: { idleMs: 1_000 } },
  );
  return engine;
}

const usage = { prompt_tokens: 21, completion_tokens: 9, total_tokens: 30 };
/** As Gemini and the Responses API name it. */
const otherUsage = { input_tokens: 21, output_tokens: 9, total_tokens: 30 };

describe.each(liveWays)("a provider written elsewhere, as $name", ({ provider, target, input }) => {
  const targets = [target] as const;
  const counted = provider === "gemini" || input !== undefined ? otherUsage : usage;

  it("streams a text whose every character arrives, and is billed by its own usage", async () => {
    mock.onMessage("Grüße", { content: "Grüß Gott, 漢字 und 🪨!", usage: counted });
    const { text, outcome } = await ask(openEngine(), { targets, input, prompt: "Grüße" });
    expect(contentOf(text)).toBe("Grüß Gott, 漢字 und 🪨!");
    expect(outcome).toMatchObject({ result: "completed", finishReason: "stop" });
    expect(outcome.usage).toMatchObject({ inputTokens: 21, outputTokens: 9 });
    for (const event of text.split("\n\n").filter(Boolean))
      expect(JSON.parse(event.slice(6))).toMatchObject(head);
  });

  it("answers in one piece with the same", async () => {
    mock.onMessage("Grüße", { content: "Grüß Gott", usage: counted });
    const { outcome } = await ask(openEngine(), { targets, input, prompt: "Grüße", stream: false });
    expect(outcome.answer).toMatchObject({
      ...head,
      object: "chat.completion",
      choices: [{ message: { role: "assistant", content: "Grüß Gott" }, finish_reason: "stop" }],
    });
    expect(outcome.usage).toMatchObject({ inputTokens: 21, outputTokens: 9 });
  });

  it("calls two tools at once, whose arguments are whole in the end", async () => {
    mock.onMessage("weather", {
      toolCalls: [
        { name: "get_weather", arguments: '{"city":"Oslo"}' },
        { name: "get_time", arguments: '{"zone":"CET"}' },
      ],
    });
    const { text, outcome } = await ask(openEngine(), { targets, input, prompt: "weather" });
    const named = new Map<number, { name: string; arguments: string }>();
    for (const event of text.split("\n\n").filter(Boolean)) {
      for (const { index, function: piece } of JSON.parse(event.slice(6)).choices[0].delta.tool_calls ?? []) {
        const call = named.get(index) ?? { name: "", arguments: "" };
        named.set(index, {
          name: call.name + (piece.name ?? ""),
          arguments: call.arguments + (piece.arguments ?? ""),
        });
      }
    }
    expect([...named.values()].map((call) => [call.name, JSON.parse(call.arguments)])).toEqual([
      ["get_weather", { city: "Oslo" }],
      ["get_time", { zone: "CET" }],
    ]);
    expect(outcome.finishReason).toBe("tool_calls");
  });

  it("breaks off in the middle, which is a failure and never a success", async () => {
    mock.onMessage("long", { content: "word ".repeat(200) }, { truncateAfterChunks: 20, latency: 3 });
    const { outcome, text } = await ask(openEngine(), { targets, input, prompt: "long" });
    expect(outcome).toMatchObject({ result: "failed", started: true });
    expect(contentOf(text)).toContain("word word");
  });

  it("refuses for a moment, and is asked again", async () => {
    mock.onMessage("Hi", { content: "Hello", usage: counted });
    mock.nextRequestError(503, { message: "busy", type: "server_error" });
    const { outcome } = await ask(openEngine(), { targets, input });
    expect(outcome.attempts.map((attempt) => attempt.outcome)).toEqual(["overloaded", "completed"]);
  });
});
