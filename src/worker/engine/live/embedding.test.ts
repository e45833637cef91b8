import { findModel } from "@agathaai/core/models";
import { LLMock } from "@copilotkit/aimock";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { standInsEnv } from "../../../../infra/stand-ins/providers/stand-ins";
import { type LiveStage, openLiveStage } from "../../../../infra/testing/engine/live-stage";
import type { EmbeddingAnswer } from "../providers/live-protocol";
import type { Embedding } from "./embedding";
import type { Outcome, Target } from "./generation";
import { createLiveEngine, type LiveEngine } from "./live-engine";

let stage: LiveStage;

beforeAll(async () => {
  stage = await openLiveStage();
});
afterAll(() => stage.stop());
afterEach(() => {
  for (const simulator of Object.values(stage.simulators)) simulator.reset();
});

function embed(engine: LiveEngine, { target, ...more }: Partial<Embedding> & { target: Target }) {
  return new Promise<Outcome<EmbeddingAnswer>>((resolve) => {
    const question = { targets: [target] as const, input: ["one", "two"], encodingFormat: "float" as const };
    engine.embed({ ...question, model: "public-name", ...more }, resolve);
  });
}

const small = findModel("text-embedding-3-small");
const gemini = findModel("gemini-embedding-001");
const targets: [string, Target][] = [
  ["OpenAI", { model: small, provider: "openai", region: undefined, hipaa: false, maxOutputTokens: 0 }],
  ["Gemini", { model: gemini, provider: "gemini", region: undefined, hipaa: false, maxOutputTokens: 0 }],
  [
    "the simulator",
    { model: small, provider: "simulator", region: undefined, hipaa: false, maxOutputTokens: 0 },
  ],
];

describe.each(targets)("embeddings of %s", (_name, target) => {
  it("come one an input, in order, of length one and as long as asked, with the provider's usage", async () => {
    const outcome = await embed(stage.engine(), { target, dimensions: 256 });
    expect(outcome).toMatchObject({ result: "completed", answer: { object: "list", model: "public-name" } });
    const { data = [] } = outcome.answer ?? {};
    expect(data.map(({ index }) => index)).toEqual([0, 1]);
    for (const { embedding } of data) {
      const values = Array.isArray(embedding) ? embedding : [];
      expect(values).toHaveLength(256);
      expect(Math.hypot(...values)).toBeCloseTo(1, 5);
    }
    expect(outcome.usage).toMatchObject({ inputTokens: 2, outputTokens: 0 });
    expect(outcome.wireUsage).toMatchObject({ prompt_tokens: 2, total_tokens: 2 });
    expect(outcome.answer).not.toHaveProperty("usage");
  });

  it("are the same numbers in base64", async () => {
    const engine = stage.engine();
    const floats = await embed(engine, { target });
    const packed = await embed(engine, { target, encodingFormat: "base64" });
    const bytes = Buffer.from(String(packed.answer?.data[0]?.embedding), "base64");
    const first = floats.answer?.data[0]?.embedding;
    expect(bytes.length).toBe((first?.length ?? 0) * 4);
    expect(bytes.readFloatLE(0)).toBeCloseTo(Number(first?.[0]), 6);
    expect(bytes.readFloatLE(bytes.length - 4)).toBeCloseTo(Number(first?.at(-1)), 6);
  });
});

describe("an embedding's failure", () => {
  it.each(["openai", "gemini"] as const)("is retried, and said when it stays: %s", async (provider) => {
    const target = targets.find(([, { provider: each }]) => each === provider)?.[1] ?? targets[0]?.[1];
    if (target === undefined) return;
    stage.simulators[provider].behave("500x1:once");
    const passed = await embed(stage.engine(), { target });
    expect(passed.attempts.map(({ outcome }) => outcome)).toEqual(["server", "completed"]);
    stage.simulators[provider].behave("429");
    const limited = await embed(stage.engine(), { target });
    expect(limited).toMatchObject({ result: "failed", failure: { kind: "rate_limited" }, started: false });
    stage.simulators[provider].behave("nousage");
    const uncounted = await embed(stage.engine(), { target });
    expect([uncounted.result, uncounted.usage]).toEqual(["completed", undefined]);
  });

  it("is a refusal where the provider takes no tokens, or makes no embeddings at all", async () => {
    const tokens = await embed(stage.engine(), {
      target: { model: gemini, provider: "gemini", region: undefined, hipaa: false, maxOutputTokens: 0 },
      input: [[1, 2, 3]],
    });
    expect(tokens).toMatchObject({ result: "failed", failure: { publicCode: "unsupported_parameter" } });
    const chat = findModel("deepseek-chat");
    const none = await embed(stage.engine(), {
      target: { model: chat, provider: "deepseek", region: undefined, hipaa: false, maxOutputTokens: 0 },
    });
    expect(none).toMatchObject({ result: "failed", failure: { kind: "rejected" } });
  });
});

/** It has no batches of Gemini's, which is how those are asked for here. */
it("reads the embeddings of a provider written elsewhere", async () => {
  const mock = new LLMock({ port: 0 });
  mock.onEmbedding("one", { embedding: [0.6, 0.8] });
  await mock.start();
  const engine = createLiveEngine({ ...standInsEnv(() => mock.url), PROVIDER_TIMEOUT_MS: 5_000 });
  for (const [, target] of targets.slice(0, 1)) {
    const { answer, failure } = await embed(engine, { target, input: ["one"] });
    expect(failure).toBeUndefined();
    const [first] = answer?.data ?? [];
    expect(Array.isArray(first?.embedding) ? first.embedding[0] : undefined).toBeCloseTo(0.6, 5);
  }
  await engine.close();
  await mock.stop();
});
