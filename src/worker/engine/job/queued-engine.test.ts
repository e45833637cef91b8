import { findModel, type Model } from "@agathaai/core/models";
import type { OwnKeys } from "@agathaai/core/provider-keys";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createCredentialRings } from "../credentials/credential-rings";
import type { Target } from "../live/generation";
import { createQueuedEngine } from "./queued-engine";
import { startKeyedOpenAi } from "./testing/keyed-openai";

let openAi: Awaited<ReturnType<typeof startKeyedOpenAi>>;
let clock = 0;
beforeAll(async () => {
  openAi = await startKeyedOpenAi();
});
afterAll(() => openAi.stop());
beforeEach(() => {
  openAi.reset();
  clock = 0;
});

function engineOf(keys: string, timeoutMs = 2_000) {
  const env = {
    OPENAI_API_KEY: keys,
    OPENAI_BASE_URL: openAi.url,
    GEMINI_API_KEY: undefined,
    GEMINI_BASE_URL: "http://127.0.0.1:1",
    DEEPSEEK_API_KEY: undefined,
    DEEPSEEK_BASE_URL: "http://127.0.0.1:1",
    PROVIDER_TIMEOUT_MS: timeoutMs,
  };
  const now = () => clock + performance.now();
  const engine = createQueuedEngine(env, {
    log: { error: () => {} },
    rings: createCredentialRings(env, now),
    now,
  });
  const input = { model: "gpt-4o", messages: [{ role: "user" as const, content: "Hi" }] };
  return async (targets: [Target, ...Target[]] = [target()], signal = new AbortController().signal) => {
    const outcome = await engine.run({ targets, input }, signal);
    return { ...outcome, calls: outcome.attempts.map((attempt) => attempt.outcome) };
  };
}

function target(own?: OwnKeys, model: Model = findModel("gpt-4o")): Target {
  return {
    model,
    provider: "openai",
    region: undefined,
    hipaa: false,
    maxOutputTokens: 100,
    ...(own && { own }),
  };
}

function ownKeys(keys: [string, ...string[]], thenOurs = false): OwnKeys {
  const [first, ...others] = keys.map((apiKey) => ({ apiKey, lastFour: apiKey.slice(-4) }));
  if (first === undefined) throw new Error("no key");
  return { keys: [first, ...others], thenOurs };
}

describe("a job, over several of our keys", () => {
  it.each([
    [401, "auth"],
    [402, "auth"],
    [429, "rate_limited"],
  ] as const)(
    "goes on with the next where one is answered with %s, and leaves that one out",
    async (status, kind) => {
      openAi.answer("a", status);
      const run = engineOf("a,b");
      expect(await run()).toMatchObject({ result: "completed", calls: [kind, "completed"] });
      await run();
      await run();
      expect(openAi.keys()).toEqual(["a", "b", "b", "b"]);
    },
  );

  it("takes turns over those that work", async () => {
    const run = engineOf("a,b,c");
    for (let count = 0; count < 6; count++) await run();
    expect(openAi.keys()).toEqual(["a", "b", "c", "a", "b", "c"]);
  });

  it.each([
    [429, 401, "rate_limited"],
    [401, 429, "rate_limited"],
    [401, 401, "auth"],
  ])("tries each once, and fails by what may pass: %s, %s", async (first, second, kind) => {
    openAi.answer("a", first);
    openAi.answer("b", second);
    const { failure, calls } = await engineOf("a,b")();
    expect(failure?.kind).toBe(kind);
    expect(calls).toHaveLength(2);
  });

  it.each([
    [500, "server"],
    [503, "overloaded"],
    [400, "rejected"],
  ])("is not sent twice for what no key can help: %s", async (status, kind) => {
    openAi.answer("a", status);
    expect((await engineOf("a,b")()).failure?.kind).toBe(kind);
    expect(openAi.keys()).toEqual(["a"]);
  });

  it("has one attempt's time for all of them together", async () => {
    for (const key of ["a", "b", "c"]) openAi.answer(key, 429);
    openAi.slow(1_500);
    expect((await engineOf("a,b,c", 2_500)()).failure?.retryable).toBe(true);
    expect(openAi.keys()).toEqual(["a", "b"]);
  });

  it("without any says so, and nothing is sent", async () => {
    const { failure } = await engineOf(" , ")();
    expect(failure).toMatchObject({ kind: "auth", message: expect.stringContaining("no API key is set") });
    expect(openAi.keys()).toEqual([]);
  });

  it("ends with the job: nothing is sent for one that is given up", async () => {
    expect(await engineOf("a")(undefined, AbortSignal.abort())).toMatchObject({
      result: "aborted",
      calls: [],
    });
    openAi.slow(1_000);
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 100);
    expect(await engineOf("a")(undefined, stop.signal)).toMatchObject({
      result: "aborted",
      calls: ["aborted"],
    });
  });
});

describe("a job of an organization with its own keys", () => {
  it("uses them in their order before ours", async () => {
    openAi.answer("own-1", 401);
    const outcome = await engineOf("ours")([target(ownKeys(["own-1", "own-2"]))]);
    expect(outcome).toMatchObject({ result: "completed", ownKey: true, answer: { content: "own-2" } });
    expect(outcome.attempts).toMatchObject([
      { outcome: "auth", byok: true },
      { outcome: "completed", byok: true },
    ]);
    expect(openAi.keys()).toEqual(["own-1", "own-2"]);
  });

  it.each([
    [401, "provider_key_refused", false],
    [402, "provider_key_refused", false],
    [429, "provider_key_limited", true],
  ])("never goes on with ours after %s unless they allow it", async (status, publicCode, retryable) => {
    openAi.answer("own-1", status);
    const { failure } = await engineOf("ours")([target(ownKeys(["own-1"]))]);
    expect(failure).toMatchObject({ publicCode, retryable });
    expect(openAi.keys()).toEqual(["own-1"]);
    const allowed = await engineOf("ours")([target(ownKeys(["own-1"], true))]);
    expect(allowed).toMatchObject({ result: "completed", answer: { content: "ours" } });
    expect(allowed.ownKey).toBeUndefined();
  });

  it("never goes on with ours because the provider failed", async () => {
    openAi.answer("own-1", 500);
    expect((await engineOf("ours")([target(ownKeys(["own-1"], true))])).failure?.kind).toBe("server");
    expect(openAi.keys()).toEqual(["own-1"]);
  });
});

describe("a job's targets", () => {
  const upstreams = [{ upstreamModel: "one" }, { upstreamModel: "two", weight: 3 }] as const;
  const both = (choice: "ordered" | "weighted" | "least_latency"): [Target, Target] => {
    const model: Model = { ...findModel("gpt-4o"), routing: { choice, upstreams } };
    return [
      target(undefined, { ...model, upstreamModel: "one" }),
      target(undefined, { ...model, upstreamModel: "two" }),
    ];
  };

  it("are tried after one another, and the receipt names each", async () => {
    openAi.answer("one", 503);
    const { attempts, target: served } = await engineOf("a")(both("ordered"));
    expect(attempts).toMatchObject([
      { outcome: "overloaded", upstream: "one" },
      { outcome: "completed", upstream: "two" },
    ]);
    expect(served.model.upstreamModel).toBe("two");
  });

  it("are drawn by weight, or by their latency, as for calls of /v1", async () => {
    const run = engineOf("a");
    for (let count = 0; count < 60; count++) await run(both("weighted"));
    const share = openAi.models().filter((model) => model === "two").length / 60;
    expect(share).toBeGreaterThan(0.5);
    expect(share).toBeLessThan(0.95);
    openAi.reset();
    // Both are known; the one that then fails is the slowest.
    openAi.answer("one", 500);
    for (let count = 0; count < 4; count++) await run(both("least_latency"));
    expect(openAi.models().filter((model) => model === "one").length).toBeLessThanOrEqual(1);
  });

  it("are left alone after five failures in a row, until one call has probed them", async () => {
    openAi.answer("gpt-4o", 500);
    const run = engineOf("a");
    for (let count = 0; count < 5; count++) expect((await run()).calls).toEqual(["server"]);
    const skipped = await run();
    expect(skipped).toMatchObject({ result: "failed", calls: ["skipped"], failure: { kind: "overloaded" } });
    expect(skipped.failure?.retryAfterMs).toBeGreaterThan(0);
    openAi.answer("gpt-4o", 200);
    clock += 2_000;
    openAi.slow(100);
    const [probe, other] = await Promise.all([run(), run()]);
    expect([probe.calls, other.calls]).toEqual([["completed"], ["skipped"]]);
    expect((await run()).calls).toEqual(["completed"]);
  });
});
