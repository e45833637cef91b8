import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import {
  ask,
  contentOf,
  type LiveStage,
  liveWays,
  openLiveStage,
  targetAt,
} from "../../../../infra/testing/engine/live-stage";
import type { Provider } from "../../../shared/providers";

let stage: LiveStage;

beforeAll(async () => {
  stage = await openLiveStage();
});
afterAll(() => stage.stop());
afterEach(() => {
  for (const simulator of Object.values(stage.simulators)) simulator.reset();
});

/** What the provider does, what the failure is, and how often it is called before it is given up. */
const before: [string, string, number][] = [
  ["reset", "connection", 2],
  ["429", "rate_limited", 1],
  ["500", "server", 2],
  ["503", "overloaded", 2],
  ["401", "auth", 1],
  ["timeout", "timeout", 1],
  ["garbage", "connection", 2],
];
const midway: [string, string][] = [
  ["half", "connection"],
  ["cut", "connection"],
  ["stall", "timeout"],
  ["error", "server"],
];

/** Short limits only where the provider keeps silent; the fallback has to answer within them on a busy machine. */
function engineFor(fail: string) {
  const isSilent = /^(timeout|stall)/.test(fail);
  return stage.engine(
    isSilent ? { firstContentMs: 2_000, idleMs: 1_000 } : { firstContentMs: 10_000, idleMs: 10_000 },
  );
}

const otherThan = (provider: Provider) => (provider === "openai" ? "deepseek" : "openai");
const say = { targets: [] as never, prompt: "Tell me about stones and rivers." };

describe.each(liveWays)("$name, streaming", ({ provider, target, input }) => {
  const alone = [target] as const;
  const asked = { ...say, input };
  const withFallback = [target, targetAt(otherThan(provider))] as const;

  it.each(before)(
    "fails before content by %s: said to the caller as %s, without fallback",
    async (fail, kind, calls) => {
      stage.simulators[provider].behave(fail);
      const { outcome, text, answering } = await ask(engineFor(fail), { ...asked, targets: alone });
      expect(outcome).toMatchObject({ result: "failed", started: false, delivered: { bytes: 0 } });
      if (fail !== "garbage") expect(outcome.failure?.kind).toBe(kind);
      expect(outcome.usage).toBeUndefined();
      expect(stage.simulators[provider].calls().total).toBe(calls);
      expect([text, answering]).toEqual(["", []]);
    },
  );

  it.each(before)(
    "fails before content by %s: with fallback the next target answers, and the caller sees nothing of it",
    async (fail) => {
      stage.simulators[provider].behave(fail);
      const { outcome, text, answering } = await ask(engineFor(fail), { ...asked, targets: withFallback });
      expect(outcome).toMatchObject({ result: "completed", started: true, finishReason: "stop" });
      expect(answering).toEqual([withFallback[1]]);
      expect(outcome.target).toEqual(withFallback[1]);
      expect(contentOf(text)).toContain("Simulated");
      expect(outcome.attempts.at(0)).toMatchObject({ provider });
      expect(outcome.attempts.at(-1)).toMatchObject({ provider: otherThan(provider), outcome: "completed" });
      expect(outcome.usage?.outputTokens).toBeGreaterThan(0);
    },
  );

  it.each(midway)(
    "fails in the middle by %s: %s, and fallback would only garble the answer",
    async (fail, kind) => {
      for (const targets of [alone, withFallback]) {
        stage.simulators[provider].behave(fail);
        const { outcome, text } = await ask(engineFor(fail), { ...asked, targets });
        expect(outcome).toMatchObject({ result: "failed", started: true, attempts: [{ provider }] });
        if (fail !== "cut") expect(outcome.failure?.kind).toBe(kind);
        expect(outcome.failure?.publicMessage).not.toMatch(/sk-|Sorry about that|internal error/);
        expect(contentOf(text).length).toBeGreaterThan(10);
        expect(outcome.delivered.bytes).toBeGreaterThan(10);
        expect(text).not.toContain("[DONE]");
      }
    },
  );

  it("answers without saying what it cost: whole, with no usage to bill by", async () => {
    stage.simulators[provider].behave("nousage");
    const { outcome, text } = await ask(engineFor("nousage"), { ...asked, targets: alone });
    expect(outcome).toMatchObject({ result: "completed", finishReason: "stop" });
    expect(outcome.usage).toBeUndefined();
    expect(outcome.delivered.tokens).toBeGreaterThan(10);
    expect(contentOf(text)).toContain("Simulated");
  });
});

describe.each(liveWays.filter(({ provider }) => provider !== "gemini"))(
  "$name, after the frame that only opens the answer",
  ({ provider, target, input }) => {
    it.each(["half:1", "cut:1", "stall:1", "error:1"])(
      "fails by %s: the frame was held, so that the next target's answer is the only one seen",
      async (fail) => {
        stage.simulators[provider].behave(fail);
        const targets = [target, targetAt("gemini")] as const;
        const { outcome, text, answering } = await ask(engineFor(fail), { ...say, input, targets });
        expect(outcome).toMatchObject({ result: "completed", target: targets[1] });
        expect(answering).toEqual([targets[1]]);
        expect(text.match(/"role":"assistant"/g)).toHaveLength(1);
      },
    );
  },
);

describe.each(liveWays)("$name, in one answer", ({ provider, target, input }) => {
  const alone = [target] as const;
  const asked = { ...say, input };
  const withFallback = [target, targetAt(otherThan(provider))] as const;

  it.each([...before, ["half", "connection", 2], ["stall", "timeout", 1]] as const)(
    "fails by %s: %s without fallback, and with it the next target's answer",
    async (fail, kind, calls) => {
      stage.simulators[provider].behave(fail);
      const failed = await ask(engineFor(fail), { ...asked, targets: alone, stream: false });
      expect(failed.outcome).toMatchObject({ result: "failed", started: false });
      if (fail !== "garbage") expect(failed.outcome.failure?.kind).toBe(kind);
      expect(stage.simulators[provider].calls().total).toBe(calls);

      const { outcome } = await ask(engineFor(fail), { ...asked, targets: withFallback, stream: false });
      expect(outcome).toMatchObject({ result: "completed", target: withFallback[1] });
      expect(outcome.answer).toMatchObject({ object: "chat.completion", model: "public-name" });
      expect(outcome.answer).not.toHaveProperty("usage");
      expect(outcome.wireUsage).toHaveProperty("total_tokens");
    },
  );

  it("answers without saying what it cost: whole, with no usage to bill by", async () => {
    stage.simulators[provider].behave("nousage");
    const { outcome } = await ask(engineFor("nousage"), { ...asked, targets: alone, stream: false });
    expect(outcome).toMatchObject({ result: "completed", answer: { object: "chat.completion" } });
    expect(outcome.usage).toBeUndefined();
  });
});
