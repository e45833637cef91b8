import { randomUUID } from "node:crypto";
import { fromPublicId } from "@agathaai/core/platform";
import { describe, expect, it } from "vitest";
import { chunksOf } from "../../../support/chat-stream";
import { expectRefusal } from "../../../support/client";
import { query } from "../../../support/database";
import { ledgerRow } from "../../../support/ledger";
import { expectSchema, expectStream } from "../openai/expect-schema";
import { useGateway } from "../testing/use-gateway";

/** `include_reasoning`: one field for what OpenAI calls a summary, Gemini thoughts, and DeepSeek sends anyway. */

const { stack, api, key } = await useGateway({ workers: 1 });

const THOUGHTS = "Simulated reasoning.";
const streamed = { stream: true, stream_options: { include_usage: true } };
const ask = (model: string, more: object = {}) => ({
  model,
  reasoning_effort: "low",
  messages: [{ role: "user", content: `Which stone has bands, and is not ${randomUUID()}?` }],
  ...more,
});
const post = (body: object, headers: Record<string, string> = {}) =>
  api.post("/v1/chat/completions", { as: key, body, headers });

async function billed(id: string) {
  await ledgerRow(id);
  const [row] = await query<Record<string, unknown>>(
    "SELECT input_tokens, output_tokens, reasoning_tokens, cost_micros, price_version, usage_defect FROM usage_ledger WHERE request_id = $1",
    [fromPublicId("inf", id)],
  );
  return row;
}

const tools = [{ type: "function", function: { name: "look_up", parameters: { type: "object" } } }];

describe.each(["gpt-6.2-sol", "gpt-6-luna", "gemini-3.8-flash", "deepseek-flash"])("%s", (model) => {
  it.each([
    ["alone", {}],
    ["beside tools", { tools }],
  ])("shows what it thought to who asks, whole and streamed, as published: %s", async (_how, more) => {
    const body = ask(model, { ...more, include_reasoning: true });
    const whole = await post(body);
    expect(whole.status, whole.text).toBe(200);
    expectSchema("CreateChatCompletionResponse", whole.json);
    const { message } = whole.json.choices[0];
    expect(message).toMatchObject({ role: "assistant", reasoning_content: THOUGHTS });
    expect(message.content).not.toBe("");

    const stream = await post({ ...body, ...streamed });
    const [choice] = expectStream(stream.text);
    expect(choice?.content).toBe(message.content);
    const deltas = chunksOf(stream.text).flatMap(({ choices }) => choices.map(({ delta }) => delta));
    const thoughts = deltas.map((delta) => ("reasoning_content" in delta ? delta.reasoning_content : ""));
    expect(thoughts.join("")).toBe(THOUGHTS);
    expect(thoughts.findLastIndex(Boolean)).toBeLessThan(deltas.findIndex(({ content }) => Boolean(content)));
  });

  it("is billed the same with and without them", async () => {
    const body = ask(model);
    const shown = await post({ ...body, include_reasoning: true });
    const hidden = await post(body);
    const row = await billed(shown.json.id);
    expect(row).toEqual(await billed(hidden.json.id));
    expect(row).toMatchObject({ usage_defect: null, reasoning_tokens: "64" });
    expect(shown.json.usage).toEqual(hidden.json.usage);
  });

  it("keeps them with a stored answer, and with one of the queue", async () => {
    const { json } = await post(ask(model, { include_reasoning: true, store: true }));
    const stored = () => api.get(`/api/v1/inference/${json.id}/result`, { as: key });
    await expect
      .poll(async () => (await stored()).json.output?.reasoning_content, { timeout: 15_000 })
      .toBe(THOUGHTS);
    const queued = await api.post("/api/v1/inference", {
      as: key,
      headers: { prefer: "wait=20" },
      body: ask(model, { include_reasoning: true }),
    });
    expect(queued.json.output, queued.text).toMatchObject({ reasoning_content: THOUGHTS });
  });

  it("gives nobody a cached answer of the other kind", async () => {
    const body = ask(model);
    const cached = { "x-agatha-cache": "on" };
    await post(body, cached);
    await expect.poll(async () => (await post(body, cached)).headers.get("x-agatha-cache")).toBe("hit");
    const shown = await post({ ...body, include_reasoning: true }, cached);
    expect(shown.headers.get("x-agatha-cache")).toBe("miss");
    expect(shown.json.choices[0].message).toHaveProperty("reasoning_content", THOUGHTS);
  });
});

describe("thoughts", () => {
  it.each(["gpt-6.2-sol", "gemini-3.8-flash"])("of %s are shown to nobody who did not ask", async (model) => {
    for (const more of [{}, { include_reasoning: false }, { include_reasoning: null }]) {
      expect((await post(ask(model, more))).json.choices[0].message).not.toHaveProperty("reasoning_content");
      expect((await post(ask(model, { ...more, ...streamed }))).text).not.toContain("reasoning_content");
    }
  });

  it("that a model was told not to have are not there to be shown", async () => {
    const { json, status } = await post(
      ask("gpt-6-luna", { reasoning_effort: "none", include_reasoning: true }),
    );
    expect(status).toBe(200);
    expect(json.choices[0].message).not.toHaveProperty("reasoning_content");
  });
});

describe("what cannot be shown is refused by name, before it costs anything", () => {
  it.each([
    ["include_reasoning", { model: "gpt-4o", include_reasoning: true, reasoning_effort: undefined }],
    ["include_reasoning", { model: "deepseek-flash", include_reasoning: false }],
    ["stop", { model: "gpt-6.2-sol", include_reasoning: true, stop: "x" }],
    ["seed", { model: "gpt-6.2-sol", include_reasoning: true, seed: 7 }],
    ["n", { model: "gpt-6.2-sol", include_reasoning: true, n: 2 }],
  ])("%s: %j", async (param, more) => {
    const before = stack.simulator.calls().total;
    expectRefusal(await post(ask("", more)), 400, "unsupported_parameter", param);
    expect(stack.simulator.calls().total).toBe(before);
  });

  it("and so is a value that is none", async () => {
    expectRefusal(
      await post(ask("gpt-6.2-sol", { include_reasoning: "yes" })),
      400,
      "invalid_request",
      "include_reasoning",
    );
  });
});
