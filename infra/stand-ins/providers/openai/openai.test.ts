import { Ajv } from "ajv";
import OpenAI from "openai";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { startOpenAiSimulator } from "./openai";

const simulator = await startOpenAiSimulator({ port: 0 });
const deepseek = await startOpenAiSimulator({ port: 0, flavor: "deepseek" });
afterAll(() => Promise.all([simulator.stop(), deepseek.stop()]));
beforeEach(() => simulator.reset());

const openai = new OpenAI({ apiKey: "sk-x", baseURL: `${simulator.url}/v1`, maxRetries: 0, timeout: 2_000 });
const user = (content: string) => [{ role: "user" as const, content }];
const ask = (content: string, options: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming> = {}) =>
  openai.chat.completions.create({ model: "gpt-4o", messages: user(content), ...options });

const schema = {
  type: "object",
  properties: {
    city: { type: "string", minLength: 3 },
    days: { type: "integer", minimum: 2, maximum: 7 },
    tags: { type: "array", items: { enum: ["sun", "rain"] }, minItems: 2 },
    at: { type: "string", format: "date-time" },
  },
  required: ["city", "days", "tags", "at"],
  additionalProperties: false,
};
const isValid = new Ajv({ strict: false }).compile({
  ...schema,
  properties: { ...schema.properties, at: {} },
});

describe("a completion", () => {
  test("has OpenAI's shape, is the same for the same prompt, and counts its tokens", async () => {
    const [first, second] = await Promise.all([ask("What is an agate?"), ask("What is an agate?")]);
    const choice = first.choices[0];
    expect(first).toMatchObject({ object: "chat.completion", model: "gpt-4o" });
    expect(choice).toMatchObject({ finish_reason: "stop", message: { role: "assistant", refusal: null } });
    expect(choice?.message.content).toContain("What is an agate?");
    expect(second.choices[0]?.message.content).toBe(choice?.message.content);
    const { usage } = first;
    expect(usage?.completion_tokens).toBe(Math.ceil(Buffer.byteLength(choice?.message.content ?? "") / 4));
    expect(usage?.total_tokens).toBe((usage?.prompt_tokens ?? 0) + (usage?.completion_tokens ?? 0));
  });

  test("never exceeds max_tokens, and says when it was cut", async () => {
    const { choices, usage } = await ask("Tell me about agates.", { max_tokens: 5 });
    expect(choices[0]?.finish_reason).toBe("length");
    expect(usage?.completion_tokens).toBe(5);
  });

  test("ends before a stop sequence", async () => {
    const { choices } = await ask("Tell me about agates.", { stop: ["answer"] });
    expect(choices[0]).toMatchObject({ finish_reason: "stop", message: { content: "Simulated gpt-4o " } });
  });

  test("counts reasoning tokens of models that reason, within the limit", async () => {
    const { usage } = await ask("Think.", { model: "o4-mini", max_completion_tokens: 70 });
    expect(usage?.completion_tokens_details?.reasoning_tokens).toBe(64);
    expect(usage?.completion_tokens).toBeLessThanOrEqual(70);
  });

  test("reports a repeated long start as cached", async () => {
    const long = `${Math.random()} `.repeat(400);
    expect((await ask(long)).usage?.prompt_tokens_details?.cached_tokens).toBe(0);
    expect((await ask(long)).usage?.prompt_tokens_details?.cached_tokens).toBe(1_024);
  });

  test("as JSON satisfies the schema; JSON mode without the word is refused as OpenAI does", async () => {
    const strict = { name: "trip", schema, strict: true };
    const { choices } = await ask("A trip", {
      response_format: { type: "json_schema", json_schema: strict },
    });
    expect(isValid(JSON.parse(choices[0]?.message.content ?? ""))).toBe(true);
    const json = { response_format: { type: "json_object" as const } };
    expect(JSON.parse((await ask("As JSON, please", json)).choices[0]?.message.content ?? "")).toBeTypeOf(
      "object",
    );
    await expect(ask("A trip", json)).rejects.toMatchObject({ status: 400, param: "messages" });
  });
});

describe("tools", () => {
  const tools = [{ type: "function" as const, function: { name: "plan_trip", parameters: schema } }];

  test("are called with valid arguments when demanded", async () => {
    const { choices } = await ask("A trip", { tools, tool_choice: "required" });
    expect(choices[0]).toMatchObject({ finish_reason: "tool_calls", message: { content: null } });
    const call = choices[0]?.message.tool_calls?.[0];
    if (call?.type !== "function") throw new Error("no function was called");
    expect(call.function.name).toBe("plan_trip");
    expect(isValid(JSON.parse(call.function.arguments))).toBe(true);
  });

  test("are left alone when the choice is free and the user names none, and after a tool has answered", async () => {
    expect((await ask("A trip", { tools })).choices[0]?.finish_reason).toBe("stop");
    expect((await ask("Use plan_trip", { tools })).choices[0]?.finish_reason).toBe("tool_calls");
  });

  test("arrive in pieces in a stream", async () => {
    const stream = openai.chat.completions.stream({
      model: "gpt-4o",
      messages: user("A trip"),
      tools,
      tool_choice: "required",
    });
    const [call] = (await stream.finalMessage()).tool_calls ?? [];
    if (call?.type !== "function") throw new Error("no function was called");
    expect(isValid(JSON.parse(call.function.arguments))).toBe(true);
  });
});

test("a stream says the same as the whole answer, and ends with the usage when asked", async () => {
  const whole = await ask("What is an agate?");
  const stream = await openai.chat.completions.create({
    model: "gpt-4o",
    messages: user("What is an agate?"),
    stream: true,
    stream_options: { include_usage: true },
  });
  const chunks: OpenAI.ChatCompletionChunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? "").join("")).toBe(
    whole.choices[0]?.message.content,
  );
  expect(chunks.at(-1)).toMatchObject({ choices: [], usage: whole.usage });
  expect(chunks.at(-2)?.choices[0]?.finish_reason).toBe("stop");
});

test("DeepSeek answers without /v1, with its own cache counts and its reasoning", async () => {
  const client = new OpenAI({ apiKey: "sk-x", baseURL: deepseek.url, maxRetries: 0 });
  const answer = await client.chat.completions.create({ model: "deepseek-reasoner", messages: user("Hi") });
  expect(answer.usage).toMatchObject({
    prompt_cache_hit_tokens: 0,
    prompt_cache_miss_tokens: answer.usage?.prompt_tokens,
  });
  expect(answer.choices[0]?.message).toMatchObject({ reasoning_content: "Simulated reasoning." });
  expect((await client.models.list()).data.map(({ id }) => id)).toContain("deepseek-chat");
});

describe("failures", () => {
  test.each([
    ["429:7", { status: 429, code: "rate_limit_exceeded" }],
    ["400", { status: 400, type: "invalid_request_error" }],
    ["401", { status: 401, code: "invalid_api_key" }],
    ["500", { status: 500, type: "server_error" }],
    ["503", { status: 503 }],
  ])("%s is refused in OpenAI's words", async (directive, error) => {
    await expect(ask(`Hi [[sim:${directive}]]`)).rejects.toMatchObject(error);
  });

  test("429 says when to come back", async () => {
    const error = await ask("Hi [[sim:429:7]]").catch((caught: unknown) => caught);
    expect(error instanceof OpenAI.APIError && error.headers?.get("retry-after")).toBe("7");
  });

  test("a missing key is refused and not counted as a call", async () => {
    const answer = await fetch(`${simulator.url}/v1/chat/completions`, { method: "POST", body: "{}" });
    expect(answer.status).toBe(401);
    expect(simulator.calls().total).toBe(0);
  });

  test("a time-out never answers, and the call is no longer open once the caller has gone", async () => {
    await expect(
      openai.chat.completions.create(
        { model: "gpt-4o", messages: user("[[sim:timeout]]") },
        { timeout: 150 },
      ),
    ).rejects.toThrow(OpenAI.APIConnectionTimeoutError);
    await expect.poll(() => simulator.calls().in_flight).toBe(0);
  });

  test("a half-sent answer breaks off, whole and streamed, and is not counted as answered", async () => {
    await expect(ask("Hi [[sim:half]]")).rejects.toThrow();
    const stream = await openai.chat.completions.create({
      model: "gpt-4o",
      messages: user("Hi [[sim:half]]"),
      stream: true,
    });
    const read = async () => {
      let text = "";
      for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? "";
      return text;
    };
    await expect(read()).rejects.toThrow();
    expect(simulator.calls()).toMatchObject({ total: 2, answered: 0 });
  });

  test("garbage is not JSON, and a huge answer exceeds what a client should accept", async () => {
    await expect(ask("Hi [[sim:garbage]]")).rejects.toThrow();
    const huge = await fetch(`${simulator.url}/v1/chat/completions`, {
      method: "POST",
      headers: { authorization: "Bearer sk-x", "content-type": "application/json" },
      body: JSON.stringify({ model: "gpt-4o", messages: user("[[sim:huge]]") }),
    });
    let received = 0;
    const reader = huge.body?.getReader();
    while (received <= 17 * 1024 * 1024) received += (await reader?.read())?.value?.length ?? Number.NaN;
    await reader?.cancel();
    expect(received).toBeGreaterThan(16 * 1024 * 1024);
  });

  test("a filtered answer is empty and says why", async () => {
    const { choices } = await ask("Hi [[sim:filter]]");
    expect(choices[0]).toMatchObject({ finish_reason: "content_filter", message: { content: "" } });
    await expect(ask("Hi [[sim:filter:1]]")).rejects.toMatchObject({
      status: 400,
      code: "content_policy_violation",
    });
  });

  test("behavior is set, and calls are read, over HTTP", async () => {
    const post = (path: string, body: unknown) =>
      fetch(`${simulator.url}${path}`, { method: "POST", body: JSON.stringify(body) });
    await post("/__sim/behavior", { fail: "503", for_ms: 5_000 });
    await expect(ask("Hi [[nonce:n1]]")).rejects.toMatchObject({ status: 503 });
    const calls = await (await fetch(`${simulator.url}/__sim/calls`)).json();
    expect(calls).toMatchObject({ total: 1, answered: 0, by_nonce: { n1: 1 } });
    await post("/__sim/reset", {});
    expect((await ask("Hi")).choices).toHaveLength(1);
    expect((await post("/__sim/behavior", { fail: "nonsense" })).status).toBe(400);
  });
});
