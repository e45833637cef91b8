import type { ChatRequest } from "@agathaai/core/inference";
import { describe, expect, it } from "vitest";
import type { Provider } from "../../../shared/providers";
import { ServerSentEvents } from "../live/upstream/server-sent-events";
import type { LiveCall, StreamReader } from "./live-protocol";
import { providerModules } from "./registry";
import { unpackCallId } from "./wire/tool-call-ids";

const head = { id: "chatcmpl-ours", created: 1_764_000_000, model: "public-name" };

interface Options {
  includeUsage?: boolean;
  input?: Partial<ChatRequest>;
  upstreamModel?: string;
}

function callOf({ includeUsage = false, input, upstreamModel = "gemini-3.8-flash" }: Options): LiveCall {
  const messages: ChatRequest["messages"] = [{ role: "user", content: "Hi" }];
  const request = { upstreamModel, input: { model: "m", messages, ...input }, maxOutputTokens: 100 };
  return {
    request,
    head,
    stream: true,
    includeUsage,
    extras: {},
    longCache: false,
    regional: false,
    apiKey: "",
  };
}

/** What a client sees of the provider's bytes, cut into chunks as given. */
function pass(provider: Provider, chunks: readonly Buffer[], options: Options = {}) {
  const reader: StreamReader = providerModules[provider].live.reader(callOf(options), 0);
  const events = new ServerSentEvents(provider);
  let frames = "";
  for (const chunk of chunks) {
    events.push(chunk, (data) => {
      frames += reader.read(data);
    });
  }
  return { reader, text: Buffer.from(frames, "latin1").toString() };
}

interface Chunk {
  id: string;
  object: string;
  created: number;
  model: string;
  choices: { index: number; delta: Record<string, unknown>; finish_reason: string | null }[];
  usage?: null;
}

function chunksOf(text: string): Chunk[] {
  return text
    .split("\n\n")
    .filter((event) => event !== "")
    .map((event) => JSON.parse(event.replace(/^data: /, "")));
}

const content = (text: string, field = "content") =>
  chunksOf(text)
    .map(({ choices }) => choices[0]?.delta[field] ?? "")
    .join("");

/** As recorded from the three providers, but for the prose. */
const openAiHead = `"id":"chatcmpl-CgX1","object":"chat.completion.chunk","created":1764100000,"model":"gpt-4o-2024-08-06","service_tier":"default","system_fingerprint":"fp_65564d8ba5"`;
const openAiChunk = (delta: string, finish = "null") =>
  `data: {${openAiHead},"choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish}}],"usage":null,"obfuscation":"a8Kq"}\n\n`;
const openAiUsage = `data: {${openAiHead},"choices":[],"usage":{"prompt_tokens":9,"completion_tokens":7,"total_tokens":16,"prompt_tokens_details":{"cached_tokens":4,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":2}},"obfuscation":""}\n\ndata: [DONE]\n\n`;
const openAiText = [
  openAiChunk('{"role":"assistant","content":"","refusal":null}'),
  openAiChunk('{"content":"Über"}'),
  openAiChunk('{"content":" 漢字 \\"usage\\":{\\\\"}'),
  openAiChunk('{"content":" 🪨\\n,\\"usage\\":null"}'),
  openAiChunk("{}", '"stop"'),
  openAiUsage,
].join("");
const openAiTools = [
  openAiChunk(
    '{"role":"assistant","content":null,"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"f","arguments":""}}],"refusal":null}',
  ),
  openAiChunk('{"tool_calls":[{"index":0,"function":{"arguments":"{\\"a\\""}}]}'),
  openAiChunk('{"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]}'),
  openAiChunk(
    '{"tool_calls":[{"index":1,"id":"call_2","type":"function","function":{"name":"g","arguments":"{}"}}]}',
  ),
  openAiChunk("{}", '"stop"'),
  openAiUsage,
].join("");

const deepSeekChunk = (delta: string, rest = '"finish_reason":null}]') =>
  `data: {"id":"5b1d","object":"chat.completion.chunk","created":1764100001,"model":"deepseek-flash","system_fingerprint":"fp_ffc7","choices":[{"index":0,"delta":${delta},"logprobs":null,${rest}}\n\n`;
const deepSeekUsage =
  '"usage":{"prompt_tokens":13,"completion_tokens":8,"total_tokens":21,"prompt_tokens_details":{"cached_tokens":3},"completion_tokens_details":{"reasoning_tokens":5},"prompt_cache_hit_tokens":3,"prompt_cache_miss_tokens":10}';
const deepSeekText = [
  ": keep-alive\n\n",
  deepSeekChunk('{"role":"assistant","content":null,"reasoning_content":""}'),
  deepSeekChunk('{"content":null,"reasoning_content":"Hm."}'),
  deepSeekChunk('{"content":"Grüß","reasoning_content":null}'),
  deepSeekChunk('{"content":" Gott","reasoning_content":null}'),
  deepSeekChunk('{"content":"","reasoning_content":null}', `"finish_reason":"stop"}],${deepSeekUsage}`),
  "data: [DONE]\n\n",
].join("");

const geminiEvent = (parts: string, rest = "", tokens = 1) =>
  `data: {"candidates": [{"content": {"parts": [${parts}],"role": "model"}${rest},"index": 0}],"usageMetadata": {"promptTokenCount": 11,"candidatesTokenCount": ${tokens},"totalTokenCount": 90,"cachedContentTokenCount": 2,"thoughtsTokenCount": 70},"modelVersion": "gemini-3.8-flash","responseId": "rX"}\r\n\r\n`;
const geminiText = [
  geminiEvent('{"text": "I think.","thought": true}'),
  geminiEvent('{"text": "Über"}', "", 2),
  geminiEvent('{"text": " 漢字 🪨"}', "", 5),
  geminiEvent('{"text": ""}', ',"finishReason": "STOP"', 6),
].join("");
const geminiTools = [
  geminiEvent('{"functionCall": {"name": "f","args": {"id": 9007199254740993}},"thoughtSignature": "c2ln"}'),
  geminiEvent('{"functionCall": {"id": "g1","name": "g"}}', ',"finishReason": "STOP"'),
].join("");

const recordings: [string, Provider, string][] = [
  ["OpenAI's text", "openai", openAiText],
  ["OpenAI's tool calls", "openai", openAiTools],
  ["DeepSeek's thoughts and text", "deepseek", deepSeekText],
  ["Gemini's text", "gemini", geminiText],
];

describe("a provider's stream", () => {
  it.each(recordings)("is the same wherever the network cuts it: %s", (_name, provider, recorded) => {
    const bytes = Buffer.from(recorded);
    const whole = pass(provider, [bytes]).text;
    for (let at = 1; at < bytes.length; at++) {
      const { text, reader } = pass(provider, [bytes.subarray(0, at), bytes.subarray(at)]);
      expect(text).toBe(whole);
      expect(() => reader.close()).not.toThrow();
    }
  });

  it.each([...recordings, ["Gemini's tool calls", "gemini", geminiTools] as const])(
    "reaches the client in OpenAI's chunks, one id, time and name in all of them: %s",
    (_name, provider, recorded) => {
      for (const includeUsage of [false, true]) {
        const chunks = chunksOf(pass(provider, [Buffer.from(recorded)], { includeUsage }).text);
        expect(chunks.length).toBeGreaterThan(1);
        for (const chunk of chunks) {
          expect(chunk).toMatchObject({ ...head, object: "chat.completion.chunk" });
          expect(chunk.choices).toHaveLength(1);
          if (includeUsage) expect(chunk.usage).toBeNull();
          else expect(chunk).not.toHaveProperty("usage");
        }
        expect(chunks[0]?.choices[0]?.delta).toMatchObject({ role: "assistant" });
        const reasons = chunks.map(({ choices }) => choices[0]?.finish_reason);
        expect(reasons.slice(0, -1).every((reason) => reason === null)).toBe(true);
        expect(reasons.at(-1)).toBeTypeOf("string");
      }
    },
  );

  it("keeps every word of OpenAI's, also what looks like usage, and its other fields", () => {
    const { text, reader } = pass("openai", [Buffer.from(openAiText)]);
    expect(content(text)).toBe('Über 漢字 "usage":{\\ 🪨\n,"usage":null');
    expect(chunksOf(text)[2]).toMatchObject({ system_fingerprint: "fp_65564d8ba5", obfuscation: "a8Kq" });
    expect(reader.facts).toMatchObject({
      usage: { inputTokens: 9, cachedInputTokens: 4, outputTokens: 7, reasoningTokens: 2 },
      wireUsage: { total_tokens: 16 },
      finishReason: "stop",
      upstreamModel: "gpt-4o-2024-08-06",
    });
    expect(reader.isComplete).toBe(true);
  });

  it("ends with tool_calls where a tool was called, whatever the provider calls it", () => {
    for (const [provider, recorded] of [
      ["openai", openAiTools],
      ["gemini", geminiTools],
    ] as const) {
      const { text, reader } = pass(provider, [Buffer.from(recorded)]);
      expect(chunksOf(text).at(-1)?.choices[0]?.finish_reason).toBe("tool_calls");
      expect(reader.facts.finishReason).toBe("tool_calls");
    }
  });

  it("says Gemini's calls as OpenAI's, with an index, every digit, and the signature in the id", () => {
    const { text } = pass("gemini", [Buffer.from(geminiTools)]);
    const calls = chunksOf(text).flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? []);
    expect(calls).toMatchObject([
      { index: 0, type: "function", function: { name: "f", arguments: '{"id":9007199254740993}' } },
      { index: 1, id: "g1", type: "function", function: { name: "g", arguments: "{}" } },
    ]);
    const [first] = calls as { id: string }[];
    expect(unpackCallId("gemini-3.8-flash", first?.id ?? "").signature).toBe("c2ln");
  });

  it("takes usage from wherever it rides, and Gemini's thoughts as output but never as text", () => {
    const deepSeek = pass("deepseek", [Buffer.from(deepSeekText)]);
    expect(content(deepSeek.text)).toBe("Grüß Gott");
    expect(content(deepSeek.text, "reasoning_content")).toBe("Hm.");
    expect(deepSeek.reader.facts.usage).toMatchObject({
      inputTokens: 13,
      cachedInputTokens: 3,
      outputTokens: 8,
    });
    const gemini = pass("gemini", [Buffer.from(geminiText)]);
    expect(content(gemini.text)).toBe("Über 漢字 🪨");
    expect(gemini.reader.facts.usage).toMatchObject({
      inputTokens: 11,
      outputTokens: 76,
      reasoningTokens: 70,
    });
  });

  it("passes one call on where the customer wants one at a time", () => {
    const input = { parallel_tool_calls: false };
    for (const [provider, recorded] of [
      ["openai", openAiTools],
      ["gemini", geminiTools],
    ] as const) {
      const { text } = pass(provider, [Buffer.from(recorded)], { input });
      const calls = chunksOf(text).flatMap(({ choices }) => choices[0]?.delta.tool_calls ?? []);
      expect(new Set(calls.map((call) => (call as { index: number }).index))).toEqual(new Set([0]));
    }
  });

  it("ends Gemini's text at the customer's limit, which its thoughts do not share", () => {
    const { text, reader } = pass("gemini", [Buffer.from(geminiText)], { input: { max_tokens: 3 } });
    expect(content(text)).toBe("Über ");
    expect(reader.facts).toMatchObject({ finishReason: "length", usage: { outputTokens: 76 } });
  });

  it("counts the bytes of content that it handed over, escapes as they stand", () => {
    expect(pass("openai", [Buffer.from(openAiTools)]).reader.contentBytes).toBe(1 + 6 + 3 + 2);
    expect(pass("deepseek", [Buffer.from(deepSeekText)]).reader.contentBytes).toBe(3 + 6 + 5);
    expect(pass("gemini", [Buffer.from(geminiText)]).reader.contentBytes).toBe(5 + 12);
  });

  it("has no content while it only says that it began", () => {
    expect(
      pass("openai", [Buffer.from(openAiChunk('{"role":"assistant","content":""}'))]).reader.hasContent,
    ).toBe(false);
    expect(pass("deepseek", [Buffer.from(deepSeekText.slice(0, 260))]).reader.hasContent).toBe(false);
    expect(
      pass("gemini", [Buffer.from(geminiEvent('{"text": "Hm","thought": true}'))]).reader.hasContent,
    ).toBe(false);
  });

  it.each([
    ["OpenAI's without [DONE]", "openai", openAiText.replace("data: [DONE]\n\n", "")],
    ["Gemini's without a reason", "gemini", geminiEvent('{"text": "Hi"}')],
  ] as const)("that lacks its final event is a failure: %s", (_name, provider, recorded) => {
    const { reader } = pass(provider, [Buffer.from(recorded)]);
    expect(() => reader.close()).toThrow(
      expect.objectContaining({ name: "ProviderFailure", retryable: true }),
    );
  });

  it.each([
    ["openai", 'data: {"error":{"message":"secret sk-123","type":"server_error","code":null}}\n\n', "server"],
    [
      "openai",
      'data: {"error":{"message":"x","type":"requests","code":"rate_limit_exceeded"}}\n\n',
      "rate_limited",
    ],
    [
      "openai",
      'data: {"error":{"message":"x","type":"invalid_request_error","code":"context_length_exceeded"}}\n\n',
      "rejected",
    ],
    ["gemini", 'data: {"error":{"code":503,"message":"x","status":"UNAVAILABLE"}}\n\n', "overloaded"],
    ["deepseek", deepSeekChunk("{}", '"finish_reason":"insufficient_system_resource"}]'), "overloaded"],
    ["openai", 'data: {"id":\n\n', "invalid_response"],
    ["gemini", "data: <html>\n\n", "invalid_response"],
    ["gemini", 'data: {"promptFeedback":{"blockReason":"SAFETY"}}\n\n', "content_filtered"],
  ] as const)("that reports an error is a failure of that kind: %s %s", (provider, event, kind) => {
    const failure = expect.objectContaining({ kind, message: expect.not.stringContaining("sk-123") });
    expect(() => pass(provider, [Buffer.from(event)])).toThrow(failure);
  });

  it("is read the slow way where a provider spaces its JSON or orders it otherwise, with the same result", () => {
    const spaced = openAiText.replace(/^data: (\{.*\})$/gm, (_line, json) => {
      const { choices, usage, ...rest } = JSON.parse(json);
      return `data: ${JSON.stringify({ choices, usage, ...rest }, null, 1).replaceAll("\n", "")}`;
    });
    const { text, reader } = pass("openai", [Buffer.from(spaced)]);
    expect(content(text)).toBe(content(pass("openai", [Buffer.from(openAiText)]).text));
    expect(reader.facts).toMatchObject({ finishReason: "stop", usage: { inputTokens: 9 } });
    for (const chunk of chunksOf(text)) expect(chunk).toMatchObject(head);
  });

  it("returns functions under the names that the customer gave", () => {
    const call = { id: "c", type: "function" as const, function: { name: "my.fn", arguments: "{}" } };
    const messages: ChatRequest["messages"] = [
      { role: "user", content: "Hi" },
      { role: "assistant", tool_calls: [call] },
      { role: "tool", tool_call_id: "c", content: "1" },
    ];
    const { text } = pass("openai", [Buffer.from(openAiTools.replace('"name":"f"', '"name":"_my_fn"'))], {
      input: { messages },
    });
    expect(text).toContain('"name":"my.fn"');
  });
});
