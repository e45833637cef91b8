import { findModel } from "@agathaai/core/models";
import type { Outcome, Target } from "@agathaai/worker/engine/live/generation";
import { expect, it } from "vitest";
import type { PreparedCall } from "../dialect";
import { estimatedUsage } from "./estimate";

const target: Target = {
  model: findModel("gpt-4o"),
  provider: "openai",
  region: undefined,
  hipaa: false,
  maxOutputTokens: 100,
};
const call: PreparedCall = {
  targets: [target],
  environment: "live",
  asked: {},
  tokens: 1_000,
  costMicros: 1_000n,
  guessedInputTokens: 7,
};
const outputOf = (tokens: number, extras?: Target["extras"]) => {
  const outcome: Outcome = {
    result: "aborted",
    target: { ...target, ...(extras && { extras }) },
    attempts: [],
    started: true,
    delivered: { bytes: tokens * 4, tokens },
  };
  return estimatedUsage(outcome, call).outputTokens;
};

it("a hang-up is billed for what was delivered, at most for what each of its answers may have", () => {
  expect(outputOf(90)).toBe(90);
  expect(outputOf(150)).toBe(100);
  // Eight answers of a hundred tokens each were asked for, held, and delivered.
  expect(outputOf(790, { n: 8 })).toBe(790);
  expect(outputOf(900, { n: 8 })).toBe(800);
});
