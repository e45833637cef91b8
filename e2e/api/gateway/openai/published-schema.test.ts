import { describe, expect, it } from "vitest";
import { makeKey } from "../../../support/people";
import { useGateway } from "../testing/use-gateway";
import { expectSchema, expectStream } from "./expect-schema";

/** Every answer of /v1 is held against the schema that OpenAI publishes for its own. */

const { api, ada, key } = await useGateway();
const live = key;
const test = await makeKey(api, ada, { environment: "test" });

const messages = [{ role: "user", content: "Name three kinds of agate." }];
const weather = {
  type: "function",
  function: {
    name: "weather",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};
const kinds = {
  type: "object",
  properties: { kinds: { type: "array", items: { type: "string" } } },
  required: ["kinds"],
  additionalProperties: false,
};

const asks: Record<string, Record<string, unknown>> = {
  "in words": {},
  "by a tool": { tools: [weather], tool_choice: "required" },
  "by a schema": { response_format: { type: "json_schema", json_schema: { name: "agates", schema: kinds } } },
  "cut at its limit": { max_tokens: 1 },
  "in two choices": { n: 2 },
  "with log probabilities": { logprobs: true, top_logprobs: 2 },
};
/** Options that a provider does not offer are refused by name, which other tests check. */
const offered: [model: string, environment: "live" | "test", asks: string[]][] = [
  ["gpt-4o", "live", Object.keys(asks)],
  ["gemini-3.8-flash", "live", ["in words", "by a tool", "by a schema", "cut at its limit"]],
  ["deepseek-flash", "live", ["in words", "by a tool", "cut at its limit"]],
  ["gpt-4o", "test", ["in words", "by a tool", "by a schema", "cut at its limit"]],
];
const cases = offered.flatMap(([model, environment, names]) =>
  names.map((name) => ({ model, environment, name })),
);

describe.each(cases)("$model with a $environment key, asked $name", ({ model, environment, name }) => {
  const ask = (more: object) =>
    api.post("/v1/chat/completions", {
      as: environment === "live" ? live : test,
      body: { model, messages, ...asks[name], ...more },
    });

  it("answers whole as OpenAI publishes it", async () => {
    const { status, text, json } = await ask({});
    expect(status, text).toBe(200);
    expectSchema("CreateChatCompletionResponse", json);
    const measured = (json.choices[0].logprobs?.content?.length ?? 0) > 0;
    expect(measured).toBe(name === "with log probabilities");
  });

  it("streams chunks as OpenAI publishes them, which a client can put together", async () => {
    const { status, text } = await ask({ stream: true, stream_options: { include_usage: true } });
    expect(status, text).toBe(200);
    const choices = expectStream(text);
    expect(text.includes('"logprob":')).toBe(name === "with log probabilities");
    expect(choices).toHaveLength(name === "in two choices" ? 2 : 1);
    const tools = name === "by a tool";
    for (const choice of choices) {
      expect(choice.toolCalls.map((call) => call.name)).toEqual(tools ? ["weather"] : []);
      expect(choice.finishReason).toBe(
        tools ? "tool_calls" : name === "cut at its limit" ? "length" : "stop",
      );
      if (!tools) expect(choice.content).not.toBe("");
    }
  });
});

describe("beside completions", () => {
  it("models are listed and described as published", async () => {
    const { json } = await api.get("/v1/models", { as: live });
    expectSchema("ListModelsResponse", json);
    expectSchema("Model", (await api.get(`/v1/models/${json.data[0].id}`, { as: live })).json);
  });

  it.each([
    ["no key", undefined, {}, 401],
    ["no model of ours", "live", { model: "gpt-0", messages }, 404],
    ["no messages", "live", { model: "gpt-4o" }, 400],
    [
      "a provider that fails",
      "live",
      { model: "gpt-4o", messages: [{ role: "user", content: "[[sim:500]]" }] },
      502,
    ],
  ])("a refusal for %s has the published shape", async (_why, as, body, status) => {
    const reply = await api.post("/v1/chat/completions", { as: as && live, body });
    expect(reply.status, reply.text).toBe(status);
    expectSchema("ErrorResponse", reply.json);
  });
});
