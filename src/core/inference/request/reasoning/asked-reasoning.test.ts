import { describe, expect, it } from "vitest";
import { inferenceInputSchema } from "../input-schema";
import { askedReasoning } from "./asked-reasoning";

const said = (body: object) => {
  const given = inferenceInputSchema.parse({ model: "m", prompt: "Hi", ...body });
  const asked = askedReasoning(given, given);
  return [asked?.fields.reasoning_effort, asked?.fields.include_reasoning];
};
const google = (config: object) => ({ google: { thinking_config: config } });

describe("words of other APIs for effort and thoughts", () => {
  it.each([
    [{}, [undefined, undefined]],
    [{ reasoning: null, extra_body: null, google: null, thinking: null }, [undefined, undefined]],
    [{ reasoning: {} }, [undefined, true]],
    [{ reasoning: { exclude: true } }, [undefined, false]],
    [{ reasoning: { effort: "xhigh" } }, ["xhigh", true]],
    [{ reasoning: { effort: "none" } }, ["none", undefined]],
    [{ reasoning: { enabled: false } }, ["none", undefined]],
    [{ reasoning: { enabled: true } }, ["medium", true]],
    [{ reasoning: { enabled: true, effort: "high", exclude: true } }, ["high", false]],
    [{ reasoning: { enabled: true }, reasoning_effort: "low", include_reasoning: false }, ["low", false]],
    [{ reasoning: { max_tokens: 1 } }, ["low", true]],
    [{ reasoning: { max_tokens: 8_191 } }, ["low", true]],
    [{ reasoning: { max_tokens: 8_192 } }, ["medium", true]],
    [{ reasoning: { max_tokens: 24_575 } }, ["medium", true]],
    [{ reasoning: { max_tokens: 24_576 } }, ["high", true]],
    [{ reasoning: { effort: "low", max_tokens: 1_024 } }, ["low", true]],
    [google({ thinking_level: "MEDIUM" }), ["medium", undefined]],
    [google({ thinking_budget: 0 }), ["none", undefined]],
    [google({ thinking_budget: 1_024, include_thoughts: true }), ["low", true]],
    [
      { extra_body: google({ thinking_level: "low" }), ...google({ include_thoughts: false }) },
      ["low", false],
    ],
    [{ extra_body: {}, google: {} }, [undefined, undefined]],
    [{ thinking: { type: "enabled" } }, ["high", undefined]],
    [{ thinking: { type: "enabled" }, reasoning_effort: "low" }, ["low", undefined]],
    [{ thinking: { type: "disabled" }, reasoning: {} }, ["none", undefined]],
  ])("%j", (body, expected) => {
    expect(said(body)).toEqual(expected);
  });

  it.each([
    ["thinking", { thinking: { type: "disabled" }, reasoning_effort: "high" }],
    ["reasoning.enabled", { thinking: { type: "disabled" }, reasoning: { enabled: true } }],
    ["thinking", { thinking: { type: "enabled" }, reasoning: { effort: "none" } }],
    ["reasoning.exclude", { include_reasoning: true, reasoning: { exclude: true } }],
    [
      "extra_body.google.thinking_config.thinking_budget",
      {
        extra_body: google({ thinking_level: "low", thinking_budget: 9_000 }),
      },
    ],
  ])("that contradict each other are refused: %s", (param, body) => {
    expect(() => said(body)).toThrowError(expect.objectContaining({ code: "invalid_request", param }));
  });
});
