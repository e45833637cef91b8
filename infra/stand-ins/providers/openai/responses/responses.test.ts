import OpenAI from "openai";
import { afterAll, describe, expect, test } from "vitest";
import { startOpenAiSimulator } from "../openai";

const simulator = await startOpenAiSimulator({ port: 0 });
afterAll(() => simulator.stop());

const openai = new OpenAI({ apiKey: "sk-x", baseURL: `${simulator.url}/v1`, maxRetries: 0, timeout: 2_000 });
const base = { model: "gpt-6.2-sol", input: "What is an agate?", store: false } as const;
const tool = {
  type: "function" as const,
  name: "get_weather",
  parameters: { type: "object", properties: { city: { type: "string" } } },
  strict: false,
};

describe("a response", () => {
  test("has OpenAI's shape for its own SDK, whole and streamed, and counts reasoning", async () => {
    const whole = await openai.responses.create(base);
    expect(whole.output_text).toContain("What is an agate?");
    expect(whole).toMatchObject({ object: "response", status: "completed", error: null });
    expect(whole.usage).toMatchObject({ output_tokens_details: { reasoning_tokens: 64 } });
    const types: string[] = [];
    let text = "";
    for await (const event of await openai.responses.create({ ...base, stream: true })) {
      types.push(event.type);
      expect(event.sequence_number).toBe(types.length - 1);
      if (event.type === "response.output_text.delta") text += event.delta;
    }
    expect(text).toBe(whole.output_text);
    expect([types[0], types.at(-1)]).toEqual(["response.created", "response.completed"]);
  });

  test("calls a tool, and is incomplete where the limit was reached", async () => {
    const called = await openai.responses.create({ ...base, tools: [tool], tool_choice: "required" });
    expect(called.output.at(-1)).toMatchObject({ type: "function_call", name: "get_weather" });
    const cut = await openai.responses.create({ ...base, max_output_tokens: 70 });
    expect(cut).toMatchObject({
      status: "incomplete",
      incomplete_details: { reason: "max_output_tokens" },
      usage: { output_tokens: 70 },
    });
  });
});

describe("what OpenAI refuses", () => {
  const call = { type: "function_call" as const, call_id: "c", name: "f", arguments: "{}" };
  const loose = { ...tool, strict: null };
  const cases: [string, object][] = [
    ["a tool that is strict for want of another word, and open", { tools: [loose] }],
    ["Chat Completions' messages", { messages: [] }],
    ["stop", { stop: "x" }],
    ["effort none, where the model always thinks", { reasoning: { effort: "none" } }],
    ["a temperature while it thinks", { temperature: 0.5 }],
    ["less output than it gives", { max_output_tokens: 15 }],
    ["a call without its result", { input: [call] }],
    ["a result without its call", { input: [{ type: "function_call_output", call_id: "c", output: "" }] }],
    [
      "reasoning that it did not encrypt",
      { input: [{ type: "reasoning", id: "r", summary: [], encrypted_content: "x" }, call] },
    ],
    [
      "text of an assistant as input",
      { input: [{ role: "assistant", content: [{ type: "input_text", text: "x" }] }] },
    ],
    ["JSON mode without the word", { text: { format: { type: "json_object" } } }],
  ];
  test.each(cases)("%s", async (_name, more) => {
    await expect(openai.responses.create({ ...base, ...more, stream: false })).rejects.toMatchObject({
      status: 400,
    });
  });
});
