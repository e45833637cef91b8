import type { OwnKeys } from "@agathaai/core/provider-keys";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { ask, type LiveStage, openLiveStage, targetAt } from "../../../../infra/testing/engine/live-stage";

let stage: LiveStage;

beforeAll(async () => {
  stage = await openLiveStage({ perTokenMs: 5 });
});
afterAll(() => stage.stop());
afterEach(() => {
  for (const simulator of Object.values(stage.simulators)) simulator.reset();
});

const ownKeys = (thenOurs: boolean, ...apiKeys: [string, ...string[]]): OwnKeys => {
  const [first, ...others] = apiKeys.map((apiKey) => ({ apiKey, lastFour: apiKey.slice(-4) }));
  if (first === undefined) throw new Error("no key was given");
  return { keys: [first, ...others], thenOurs };
};

describe("several keys", () => {
  it("stand in for one another when one is refused, unpaid or limited", async () => {
    const { outcome } = await ask(stage.engine({}, { OPENAI_API_KEY: " sk-invalid , sk-good" }), {
      targets: [targetAt("openai")],
    });
    expect(outcome.attempts.map((attempt) => [attempt.outcome, attempt.credential])).toEqual([
      ["auth", "agathaai-1"],
      ["completed", "agathaai-2"],
    ]);
    for (const fail of ["402", "429"]) {
      stage.simulators.openai.behave(`${fail}x1:${fail}`);
      const { outcome } = await ask(stage.engine({}, { OPENAI_API_KEY: "sk-one,sk-two" }), {
        targets: [targetAt("openai")],
      });
      expect(outcome.result).toBe("completed");
      expect(outcome.attempts).toHaveLength(2);
    }
  });

  it("are not used where the customer brought one", async () => {
    const own = targetAt("openai", { own: ownKeys(false, "sk-invalid-of-the-customer") });
    const { outcome } = await ask(stage.engine(), { targets: [own] });
    expect(outcome).toMatchObject({
      result: "failed",
      ownKey: true,
      attempts: [{ outcome: "auth", byok: true }],
      failure: { publicCode: "provider_key_refused" },
    });
    expect(JSON.stringify(outcome.failure)).not.toContain("sk-");
  });

  it("of a customer are used in their order, and then ours where all of them allow it", async () => {
    const own = targetAt("openai", { own: ownKeys(true, "sk-invalid-1", "sk-invalid-2") });
    const { outcome } = await ask(stage.engine(), { targets: [own] });
    expect(
      outcome.attempts.map(({ outcome, byok = false, credential }) => [outcome, byok, credential]),
    ).toEqual([
      ["auth", true, "own-1"],
      ["auth", true, "own-2"],
      ["completed", false, "agathaai-1"],
    ]);
    expect(JSON.stringify(outcome.attempts)).not.toContain("sk-");
    expect(outcome.ownKey).toBeUndefined();
    const second = targetAt("openai", { own: ownKeys(true, "sk-invalid-1", "sk-of-the-customer") });
    expect((await ask(stage.engine(), { targets: [second] })).outcome).toMatchObject({
      result: "completed",
      ownKey: true,
    });
  });

  it("of ours never stand in where it is the provider that fails", async () => {
    stage.simulators.openai.behave("500");
    const own = targetAt("openai", { own: ownKeys(true, "sk-of-the-customer") });
    const { outcome } = await ask(stage.engine(), { targets: [own] });
    expect(outcome.result).toBe("failed");
    expect(outcome.attempts.map(({ byok }) => byok)).toEqual([true, true]);
    expect(outcome.failure?.publicCode).toBe("provider_error");
  });

  it("go to the next target where none is configured", async () => {
    const { outcome } = await ask(stage.engine({}, { OPENAI_API_KEY: "" }), {
      targets: [targetAt("openai"), targetAt("gemini")],
    });
    expect(outcome).toMatchObject({ result: "completed", attempts: [{ provider: "gemini" }] });
  });
});
