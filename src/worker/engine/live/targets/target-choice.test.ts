import { findModel, type Model } from "@agathaai/core/models";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask, type LiveStage, openLiveStage } from "../../../../../infra/testing/engine/live-stage";
import type { Target } from "../generation";
import { inOrderOfChoice } from "./target-choice";
import { TargetLatency } from "./target-latency";

type Choice = NonNullable<Model["routing"]>["choice"];

function targetsOf(id: string, choice: Choice, weights: Record<string, number>): [Target, ...Target[]] {
  const [first, ...others] = Object.entries(weights).map(([upstreamModel, weight]) => ({
    upstreamModel,
    weight,
  }));
  if (first === undefined) throw new Error("no upstream");
  const model: Model = { ...findModel(id), routing: { choice, upstreams: [first, ...others] } };
  const at = ({ upstreamModel }: { upstreamModel: string }): Target => ({
    model: { ...model, upstreamModel },
    provider: model.provider,
    region: undefined,
    hipaa: false,
    maxOutputTokens: 100,
  });
  return [at(first), ...others.map(at)];
}

/** The same numbers each time (mulberry32). */
function fixedRandom(seed = 7): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const names = (targets: readonly Target[]) => targets.map(({ model }) => model.upstreamModel);
const unknown = { random: () => 0.5, latencyOf: () => undefined };

describe("the upstreams of one model", () => {
  it("stand in the row's order unless it says otherwise, whatever their weights and times", () => {
    const targets = targetsOf("gpt-4o", "ordered", { a: 1, b: 99 });
    expect(names(inOrderOfChoice(targets, { random: fixedRandom(), latencyOf: () => 1 }))).toEqual([
      "a",
      "b",
    ]);
  });

  it("are drawn by weight: each is first as often as its share says, and all of them remain to fall back on", () => {
    const targets = targetsOf("gpt-4o", "weighted", { a: 6, b: 3, c: 1 });
    const random = fixedRandom();
    const first: Record<string, number> = { a: 0, b: 0, c: 0 };
    for (let count = 0; count < 10_000; count++) {
      const order = names(inOrderOfChoice(targets, { ...unknown, random }));
      expect([...order].sort()).toEqual(["a", "b", "c"]);
      first[order[0] ?? ""] = (first[order[0] ?? ""] ?? 0) + 1;
    }
    expect(first.a).toBeGreaterThan(5_800);
    expect(first.a).toBeLessThan(6_200);
    expect(first.b).toBeGreaterThan(2_800);
    expect(first.b).toBeLessThan(3_200);
  });

  it("are tried by latency, the fastest first, and before it those that nobody knows", () => {
    const targets = targetsOf("gpt-4o", "least_latency", { a: 1, b: 1, c: 1 });
    const known: Record<string, number> = { a: 300, b: 100 };
    const latencyOf = ({ model }: Target) => known[model.upstreamModel];
    expect(names(inOrderOfChoice(targets, { ...unknown, latencyOf }))).toEqual(["c", "b", "a"]);
    known.c = 200;
    expect(names(inOrderOfChoice(targets, { ...unknown, latencyOf }))).toEqual(["b", "c", "a"]);
  });

  it("stay where the caller put their model: a fallback never comes before what was asked for", () => {
    const asked = targetsOf("gpt-4o", "weighted", { a: 1, b: 1 });
    const fallback = targetsOf("gpt-4o-mini", "weighted", { c: 1, d: 1 });
    const random = fixedRandom();
    for (let count = 0; count < 100; count++) {
      const order = names(inOrderOfChoice([...asked, ...fallback], { ...unknown, random }));
      expect(order.slice(0, 2).sort()).toEqual(["a", "b"]);
      expect(order.slice(2).sort()).toEqual(["c", "d"]);
    }
  });
});

describe("what is known of a target's latency", () => {
  it("follows its newest calls, is last after a failure, and is forgotten after a minute", () => {
    const clock = { now: 0 };
    const latency = new TargetLatency(() => clock.now);
    expect(latency.of("t")).toBeUndefined();
    latency.answered("t", 100);
    latency.answered("t", 200);
    expect(latency.of("t")).toBeCloseTo(130);
    latency.failed("t", 5);
    expect(latency.of("t")).toBe(30_000);
    latency.answered("t", 80);
    expect(latency.of("t")).toBe(80);
    clock.now += 60_001;
    expect(latency.of("t")).toBeUndefined();
  });
});

describe("a call to a model with several upstreams", () => {
  let stage: LiveStage;
  beforeAll(async () => {
    stage = await openLiveStage();
  });
  afterAll(() => stage.stop());

  const upstreams = ({ outcome }: Awaited<ReturnType<typeof ask>>) =>
    outcome.attempts.map(({ upstream, outcome: end }) => [upstream, end]);

  it("goes from the one that was drawn to the next, and its receipt names both", async () => {
    // The stand-in fails by this name.
    const targets = targetsOf("gpt-4o", "weighted", { "gpt-4o": 1, "gpt-4o--sim-429": 1_000 });
    const engine = stage.engine(undefined, undefined, undefined, fixedRandom());
    const heard = await ask(engine, { targets });
    expect(upstreams(heard)).toEqual([
      ["gpt-4o--sim-429", "rate_limited"],
      ["gpt-4o", "completed"],
    ]);
    expect(heard.outcome.target.model).toMatchObject({ id: "gpt-4o", upstreamModel: "gpt-4o" });
  });

  it("learns which is fast, and that one that failed is not", async () => {
    const targets = targetsOf("gpt-4o", "least_latency", {
      "gpt-4o--sim-slow:300": 1,
      "gpt-4o--sim-503": 1,
      "gpt-4o": 1,
    });
    const engine = stage.engine({ attemptsPerTarget: 1 });
    for (const stream of [true, false]) {
      const asked = async () => upstreams(await ask(engine, { targets, stream }));
      expect(await asked()).toEqual([["gpt-4o--sim-slow:300", "completed"]]);
      expect(await asked()).toEqual([
        ["gpt-4o--sim-503", "overloaded"],
        ["gpt-4o", "completed"],
      ]);
      expect(await asked()).toEqual([["gpt-4o", "completed"]]);
      expect(await asked()).toEqual([["gpt-4o", "completed"]]);
    }
  });

  it("says nothing of upstreams where a model has one", async () => {
    const model = findModel("gpt-4o");
    const heard = await ask(stage.engine(), {
      targets: [{ model, provider: "openai", region: undefined, hipaa: false, maxOutputTokens: 100 }],
    });
    expect(heard.outcome.attempts[0]).not.toHaveProperty("upstream");
  });
});
