import { describe, expect, it } from "vitest";
import { assemble, chunksOf } from "../../../support/chat-stream";
import { ledgerRow } from "../../../support/ledger";
import { makeKey } from "../../../support/people";
import { expectSchema, expectStream } from "../openai/expect-schema";
import { useGateway } from "../testing/use-gateway";

/** Thoughts can be tried with a test key, whose answers come from the simulator. */

const { stack, api, ada } = await useGateway({ workers: 1 });
const test = await makeKey(api, ada, { environment: "test" });

const messages = [{ role: "user", content: "Which stone has bands?" }];
const post = (body: object) =>
  api.post("/v1/chat/completions", { as: test, body: { messages, reasoning_effort: "low", ...body } });
const THOUGHTS = /^Simulated reasoning of .+ which, stone, bands\./;

describe.each(["gpt-6.2-sol", "gemini-3.8-flash", "deepseek-flash"])("a test key that asks %s", (model) => {
  it("is shown thoughts as by its provider, whole and in a stream, at no cost and with nobody asked", async () => {
    const before = stack.simulator.calls().total;
    const body = { model, include_reasoning: true };
    const whole = await post(body);
    expect(whole.status, whole.text).toBe(200);
    expectSchema("CreateChatCompletionResponse", whole.json);
    const { message } = whole.json.choices[0];
    expect(message.reasoning_content).toMatch(THOUGHTS);
    expect(message.content).toMatch(/^Simulated /);

    const stream = await post({ ...body, stream: true, stream_options: { include_usage: true } });
    const [choice] = expectStream(stream.text);
    expect(choice?.content).toBe(message.content);
    const deltas = chunksOf(stream.text).flatMap(({ choices }) => choices.map(({ delta }) => delta));
    const thoughts = deltas.map((delta) => ("reasoning_content" in delta ? delta.reasoning_content : ""));
    expect(thoughts.join("")).toBe(message.reasoning_content);
    expect(thoughts.findLastIndex(Boolean)).toBeLessThan(deltas.findIndex(({ content }) => Boolean(content)));
    expect(chunksOf(stream.text).at(-1)?.usage).toMatchObject({
      completion_tokens: whole.json.usage.completion_tokens,
      completion_tokens_details: whole.json.usage.completion_tokens_details,
    });

    expect(whole.json.usage).toMatchObject({
      cost: 0,
      completion_tokens_details: { reasoning_tokens: expect.any(Number) },
    });
    expect(whole.json.usage.completion_tokens_details.reasoning_tokens).toBeGreaterThan(0);
    expect(await ledgerRow(whole.json.id)).toMatchObject({ environment: "test", billable: false });
    expect(stack.simulator.calls().total).toBe(before);
  });

  it("gets them from the queue too", async () => {
    const queued = await api.post("/api/v1/inference", {
      as: test,
      headers: { prefer: "wait=20" },
      body: { model, messages, reasoning_effort: "low", include_reasoning: true },
    });
    expect(queued.json.output, queued.text).toMatchObject({
      reasoning_content: expect.stringMatching(THOUGHTS),
    });
  });
});

it("a test key is shown no thoughts that a live one would not see, and is told the same count of them", async () => {
  const hidden = await post({ model: "gpt-6.2-sol" });
  const shown = await post({ model: "gpt-6.2-sol", include_reasoning: true });
  expect(hidden.json.choices[0].message).not.toHaveProperty("reasoning_content");
  expect(hidden.json.usage).toEqual(shown.json.usage);
  const stream = await post({ model: "gpt-6.2-sol", stream: true });
  expect(stream.text).not.toContain("reasoning_content");
  expect(assemble(chunksOf(stream.text))[0]?.content).toBe(hidden.json.choices[0].message.content);
});
