import { expect, it } from "vitest";
import { findModel } from "../../models";
import type { ChatRequest } from "./chat";
import { guessInputTokens } from "./estimate-tokens";

const call = { id: "call_1", type: "function" as const, function: { name: "look_up", arguments: "{}" } };
const conversation = (thoughts: string, more: Partial<ChatRequest> = {}): ChatRequest => ({
  model: "deepseek-flash",
  messages: [
    { role: "user", content: "Which stone is it?" },
    { role: "assistant", content: null, tool_calls: [call], reasoning_content: thoughts },
    { role: "tool", tool_call_id: "call_1", content: "Agate" },
  ],
  ...more,
});
const added = (model: string, more?: Partial<ChatRequest>) => {
  const guess = (thoughts: string) => guessInputTokens(conversation(thoughts, more), findModel(model));
  return guess("x".repeat(4_000)) - guess("");
};

it("thoughts that are sent back count as input where their model gets them, so that who hangs up pays for them", () => {
  expect(added("deepseek-flash", { reasoning_effort: "high" })).toBe(1_000);
  expect(added("deepseek-flash", { reasoning_effort: "none" })).toBe(0);
  expect(added("gpt-6.2-sol", { reasoning_effort: "high" })).toBe(0);
});
