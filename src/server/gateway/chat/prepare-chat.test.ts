import { describe, expect, it } from "vitest";
import { keyPrincipal } from "../../../../infra/testing/key-principal";
import { servedHeaders } from "../reply/served-headers";
import { readChatInput } from "./chat-input";
import { prepareChat } from "./prepare-chat";

const at = new Date("2026-11-27T00:00:00Z");
const principal = keyPrincipal();

function targetsOf(body: object, fallback = true) {
  const given = readChatInput({ messages: [{ role: "user", content: "Hi" }], ...body });
  const headers = { fallback, maxCostMicros: undefined };
  return prepareChat(given, { principal, headers, at }).targets;
}

describe("the models that may answer", () => {
  it("each get the parameters that their provider takes, and say in a header of their answer what it was not told", () => {
    const [gemini, gpt, deepSeek, sol] = targetsOf({
      model: "gemini-3.8-flash",
      models: ["gpt-4o", "deepseek-flash", "gpt-6-sol"],
      user: "ada",
      prompt_cache_key: "k",
    });
    for (const target of [gemini, deepSeek]) {
      expect(target).toMatchObject({ extras: {}, notSent: ["user", "prompt_cache_key"] });
      expect(target && servedHeaders(target)["x-agatha-not-sent"]).toBe("user, prompt_cache_key");
    }
    for (const target of [gpt, sol]) {
      expect(target).toMatchObject({ extras: { user: "ada", prompt_cache_key: "k" }, notSent: [] });
      expect(target && servedHeaders(target)).not.toHaveProperty("x-agatha-not-sent");
    }
  });

  it("are asked for the same tier, answers and cache, whichever of them is first", () => {
    const parameters = {
      n: 2,
      service_tier: "priority",
      verbosity: "low",
      prompt_cache_options: { ttl: "1h" },
    };
    const names = ["gpt-6-sol", "gpt-6.1-terra", "gpt-6.2-sol"];
    for (const first of names) {
      const models = names.filter((name) => name !== first);
      for (const { extras } of targetsOf({ model: first, models, ...parameters })) {
        expect(extras).toEqual(parameters);
      }
    }
  });

  it("are all bound by what any of them cannot do: refused by name, with nothing sent", () => {
    const refused = { code: "unsupported_parameter", param: "n" };
    const body = { model: "gpt-4o", models: ["gemini-3.8-flash"], n: 2 };
    expect(() => targetsOf(body)).toThrowError(expect.objectContaining(refused));
    expect(targetsOf(body, false)).toHaveLength(1);
  });
});

describe("what a provider would take without effect, or not take", () => {
  const tools = [{ type: "function", function: { name: "look_up" } }];

  it("is refused by name: top_p where DeepSeek samples with 1 in any case", () => {
    const refused = { code: "unsupported_parameter", param: "top_p" };
    for (const model of ["deepseek-flash", "deepseek-v4-flash", "deepseek-chat"])
      expect(() => targetsOf({ model, top_p: 0.9 }), model).toThrowError(expect.objectContaining(refused));
    expect(targetsOf({ model: "deepseek-flash", top_p: 1 })).toHaveLength(1);
    expect(targetsOf({ model: "deepseek-v4-pro", top_p: 0.9 })).toHaveLength(1);
  });

  it("is refused by name: fewer than 16 tokens from the API that answers tools with reasoning", () => {
    const asked = { model: "gpt-6.1-terra", tools, reasoning_effort: "low" };
    const refused = { code: "invalid_request", param: "max_completion_tokens" };
    expect(() => targetsOf({ ...asked, max_completion_tokens: 15 })).toThrowError(
      expect.objectContaining(refused),
    );
    expect(targetsOf({ ...asked, max_completion_tokens: 16 })).not.toHaveLength(0);
    expect(targetsOf({ ...asked, reasoning_effort: "none", max_completion_tokens: 1 })).not.toHaveLength(0);
  });
});
