import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { eventsOf } from "../../../support/chat-stream";
import type { Reply } from "../../../support/client";
import type { Fields } from "../../../support/fields";
import { makeKey } from "../../../support/people";
import { useGateway } from "../testing/use-gateway";
import { expectSchema, expectStream } from "./expect-schema";

/** The same schema for answers that come another way: by OpenAI's other API, from the cache, a second time, as vectors. */

const { stack, api, ada, key } = await useGateway();
const live = key;
const test = await makeKey(api, ada, { environment: "test" });

const chat = "/v1/chat/completions";
const weather = {
  type: "function",
  function: {
    name: "weather",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};
const streamed = { stream: true, stream_options: { include_usage: true } };
/** A question that nobody has asked yet. */
const ask = (model: string, more: object = {}) => ({
  model,
  messages: [{ role: "user", content: `Name three kinds of agate, not ${randomUUID()}.` }],
  max_tokens: 200,
  ...more,
});
const post = (body: object, headers: Record<string, string> = {}, path = chat) =>
  api.post(path, { as: live, body, headers });

/** What is kept to be read again has its events numbered. */
const unnumbered = (text: string) => text.replace(/^id: \d+\n/gm, "");

function expectWhole({ status, text, json }: Reply) {
  expect(status, text).toBe(200);
  expectSchema("CreateChatCompletionResponse", json);
  return json.choices[0];
}

const models = ["gpt-4o", "gemini-3.8-flash", "deepseek-flash", "gpt-6.2-sol"];
/** The last of them is asked by the Responses API where it gets tools. */
const kinds = [
  { kind: "words", more: {} },
  { kind: "a tool call", more: { tools: [weather], tool_choice: "required" } },
];
const cases = models.flatMap((model) => kinds.map(({ kind, more }) => ({ model, kind, more })));

describe("through OpenAI's Responses API", () => {
  it.each([
    ["words beside a tool", {}, "stop"],
    ["a tool call", { tool_choice: "required" }, "tool_calls"],
    ["an answer cut at its limit", { max_tokens: undefined, max_completion_tokens: 80 }, "length"],
  ])("%s is as Chat Completions publishes it, whole and streamed", async (_kind, more, finish) => {
    const body = ask("gpt-6.2-sol", { tools: [weather], ...more });
    const before = stack.simulator.calls().total;
    expect(expectWhole(await post(body)).finish_reason).toBe(finish);
    const stream = await post({ ...body, ...streamed });
    expect(stream.status, stream.text).toBe(200);
    const [choice] = expectStream(stream.text);
    expect(choice?.finishReason).toBe(finish);
    expect(choice?.toolCalls.map(({ name }) => name)).toEqual(finish === "tool_calls" ? ["weather"] : []);
    expect(stack.simulator.calls().total).toBe(before + 2);
  });
});

describe.each(cases)("$kind of $model", ({ model, more }) => {
  const hit = async (body: object) => {
    let reply: Reply | undefined;
    await expect
      .poll(async () => {
        reply = await post(body, { "x-agatha-cache": "on" });
        return reply.headers.get("x-agatha-cache");
      })
      .toBe("hit");
    if (reply === undefined) throw new Error("nothing was asked");
    return reply;
  };

  it.each([
    ["whole", {}],
    ["as a stream", streamed],
  ])("out of the response cache, where it was stored %s, is as published both ways", async (_how, way) => {
    const body = ask(model, more);
    expect((await post({ ...body, ...way }, { "x-agatha-cache": "on" })).status).toBe(200);
    const stream = await hit({ ...body, ...streamed });
    const [choice] = expectStream(stream.text);
    const whole = expectWhole(await hit(body));
    expect(choice?.finishReason).toBe(whole.finish_reason);
    expect(choice?.content).toBe(whole.message.content ?? "");
  });

  it("replayed by its Idempotency-Key is as published, whole and streamed", async () => {
    for (const way of [{}, streamed]) {
      const body = ask(model, { ...more, ...way });
      const headers = { "idempotency-key": randomUUID() };
      const first = await post(body, headers);
      const again = await post(body, headers);
      expect(again.headers.get("x-agatha-idempotent-replay"), again.text).toBe("true");
      if (way === streamed)
        expect(expectStream(unnumbered(again.text))).toEqual(expectStream(unnumbered(first.text)));
      else expect(expectWhole(again)).toEqual(expectWhole(first));
    }
  });

  it("read again as a stream and as one answer is as published, but for the numbers of its events", async () => {
    const body = ask(model, { ...more, ...streamed });
    const first = await post(body, { "x-agatha-resumable": "true" });
    const id = first.headers.get("x-agatha-id") ?? "";
    const again = await api.get(`/v1/generations/${id}/stream`, { as: live });
    const bare = [first.text, again.text].map(unnumbered);
    expect(bare[0]).not.toBe(first.text);
    expect(bare[1]).toBe(bare[0]);
    const [choice] = expectStream(bare[1] ?? "");
    const kept = await api.get(`/v1/generations/${id}?wait=10`, { as: live });
    const { choices } = kept.json.response;
    expectSchema("CreateChatCompletionResponse", kept.json.response);
    expect(choices[0].finish_reason).toBe(choice?.finishReason);
  });
});

it("an error in the middle of a stream has the published shape of errors", async () => {
  for (const model of models.slice(0, 3)) {
    const body = ask(model, streamed);
    body.messages = [{ role: "user", content: "[[sim:half]] Name three kinds of agate." }];
    const { text } = await post(body);
    const events = eventsOf(text).map((event) => JSON.parse(event.replace(/^data: /, "")));
    expectSchema("ErrorResponse", events.pop());
    expect(events.length).toBeGreaterThan(1);
    for (const chunk of events) expectSchema("CreateChatCompletionStreamResponse", chunk);
  }
});

describe.each([
  ["text-embedding-3-small", "live"],
  ["text-embedding-3-large", "live"],
  ["gemini-embedding-001", "live"],
  ["gemini-embedding-2", "live"],
  ["text-embedding-3-small", "test"],
] as const)("vectors of %s with a %s key", (model, environment) => {
  const embed = (encoding_format: string | undefined, headers: Record<string, string> = {}) =>
    api.post("/v1/embeddings", {
      as: environment === "live" ? live : test,
      headers,
      body: { model, input: ["agate", "onyx"], ...(encoding_format !== undefined && { encoding_format }) },
    });
  /** The schema knows vectors alone: packed ones are unpacked, as OpenAI's SDKs do. */
  const unpacked = (json: Fields) => ({
    ...json,
    data: json.data.map((row) => {
      if (typeof row.embedding !== "string") throw new Error("This embedding is not packed.");
      const bytes = Buffer.from(row.embedding, "base64");
      expect(bytes.toString("base64")).toBe(row.embedding);
      expect(bytes.length % 4).toBe(0);
      const embedding = Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readFloatLE(at * 4));
      return { ...row, embedding };
    }),
  });

  it("are as published: as numbers, packed, and replayed", async () => {
    const plain = await embed(undefined);
    const floats = await embed("float");
    const packed = await embed("base64");
    for (const { status, text } of [plain, floats, packed]) expect(status, text).toBe(200);
    for (const { json } of [plain, floats]) expectSchema("CreateEmbeddingResponse", json);
    const whole = unpacked(packed.json);
    expectSchema("CreateEmbeddingResponse", whole);
    for (const [at, { embedding }] of whole.data.entries())
      expect(floats.json.data[at]?.embedding).toHaveLength(embedding.length);

    const headers = { "idempotency-key": randomUUID() };
    await embed("base64", headers);
    const again = await embed("base64", headers);
    expect(again.headers.get("x-agatha-idempotent-replay")).toBe("true");
    expectSchema("CreateEmbeddingResponse", unpacked(again.json));
  });

  it.skipIf(environment === "test")("are as published out of the response cache", async () => {
    await expect
      .poll(async () => (await embed("float", { "x-agatha-cache": "on" })).headers.get("x-agatha-cache"))
      .toBe("hit");
    expectSchema("CreateEmbeddingResponse", (await embed("float", { "x-agatha-cache": "on" })).json);
  });
});
