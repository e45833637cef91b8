import { describe, expect, it } from "vitest";
import {
  called,
  callOf,
  head,
  owner,
  said,
  thought,
  whole,
} from "../../../../../infra/testing/engine/responses-stage";
import { ServerSentEvents } from "../../live/upstream/server-sent-events";
import { readIdWithReasoning } from "./encrypted-reasoning";
import { openAi } from "./openai";

let number = 0;
const event = (type: string, fields: object) =>
  `event: ${type}\ndata: ${JSON.stringify({ type, ...fields, sequence_number: number++ })}\n\n`;
const textStream = [
  event("response.created", { response: whole({ status: "in_progress", usage: null }) }),
  event("response.in_progress", { response: whole({ status: "in_progress", usage: null }) }),
  event("response.output_item.added", {
    output_index: 0,
    item: { ...thought("begun"), encrypted_content: "begun" },
  }),
  event("response.output_item.done", { output_index: 0, item: thought("r1") }),
  event("response.output_item.added", { output_index: 1, item: { ...said(""), content: [] } }),
  event("response.content_part.added", { output_index: 1, content_index: 0, part: {} }),
  event("response.output_text.delta", { output_index: 1, content_index: 0, delta: "Über" }),
  event("response.output_text.delta", { output_index: 1, content_index: 0, delta: " 漢字 🪨" }),
  event("response.output_text.done", { output_index: 1, content_index: 0, text: "Über 漢字 🪨" }),
  event("response.output_item.done", { output_index: 1, item: said("Über 漢字 🪨") }),
  event("response.completed", { response: whole({}) }),
];
const callStream = [
  ...textStream.slice(0, 4),
  event("response.output_item.added", { output_index: 1, item: called("a", "") }),
  event("response.function_call_arguments.delta", { output_index: 1, delta: '{"city"' }),
  event("response.function_call_arguments.delta", { output_index: 1, delta: ':"Oslo"}' }),
  event("response.function_call_arguments.done", { output_index: 1, arguments: '{"city":"Oslo"}' }),
  event("response.output_item.done", { output_index: 1, item: called("a", '{"city":"Oslo"}') }),
  event("response.output_item.added", { output_index: 2, item: called("b", "") }),
  event("response.output_item.done", { output_index: 2, item: called("b", '{"city":"Rome"}') }),
  event("response.completed", { response: whole({}) }),
];

function pass(chunks: readonly Buffer[], call = callOf()) {
  const reader = openAi.live.reader(call, 0);
  const events = new ServerSentEvents("openai");
  let frames = "";
  for (const chunk of chunks)
    events.push(chunk, (data) => {
      frames += reader.read(data);
    });
  const text = Buffer.from(frames, "latin1").toString();
  const chunksOf = text
    .split("\n\n")
    .filter(Boolean)
    .map((frame) => JSON.parse(frame.slice("data: ".length)));
  return { reader, text, chunks: chunksOf };
}

describe("the events of a response, as chunks", () => {
  it.each([
    ["text", textStream],
    ["calls", callStream],
  ])("are the same wherever the network cuts them: %s", (_name, events) => {
    const bytes = Buffer.from(events.join(""));
    const { text } = pass([bytes]);
    for (let at = 1; at < bytes.length; at += 3) {
      const cut = pass([bytes.subarray(0, at), bytes.subarray(at)]);
      expect(cut.text).toBe(text);
      expect(cut.reader.isComplete).toBe(true);
    }
  });

  it("say who speaks, then the text, then how it ended, under one id; usage is beside them", () => {
    for (const includeUsage of [false, true]) {
      const { chunks, reader } = pass([Buffer.from(textStream.join(""))], callOf({}, { includeUsage }));
      for (const chunk of chunks) {
        expect(chunk).toMatchObject({ ...head, object: "chat.completion.chunk" });
        expect("usage" in chunk).toBe(includeUsage);
      }
      expect(chunks.map(({ choices: [choice] }) => [choice.delta, choice.finish_reason])).toEqual([
        [{ role: "assistant", content: "", refusal: null }, null],
        [{ content: "Über" }, null],
        [{ content: " 漢字 🪨" }, null],
        [{}, "stop"],
      ]);
      expect(reader.facts).toMatchObject({
        finishReason: "stop",
        usage: {
          inputTokens: 90,
          cachedInputTokens: 20,
          cacheWriteTokens: 30,
          reasoningTokens: 32,
          serviceTier: "flex",
        },
        wireUsage: { total_tokens: 140 },
      });
      expect(reader.contentBytes).toBe(Buffer.byteLength("Über 漢字 🪨"));
    }
  });

  it("say calls in pieces with their index, the reasoning in the first one's id, and end with tool_calls", () => {
    const { chunks, reader } = pass([Buffer.from(callStream.join(""))]);
    const calls = chunks.flatMap(({ choices }) => choices[0].delta.tool_calls ?? []);
    expect(calls.map(({ index }) => index)).toEqual([0, 0, 0, 1, 1]);
    expect(calls[0]).toMatchObject({ type: "function", function: { name: "get_weather", arguments: "" } });
    expect(readIdWithReasoning(owner, calls[0].id)).toEqual({ id: "a", encrypted: ["r1"] });
    const whole = (index: number) =>
      calls
        .filter((call) => call.index === index)
        .map((call) => call.function.arguments)
        .join("");
    expect([whole(0), whole(1)]).toEqual(['{"city":"Oslo"}', '{"city":"Rome"}']);
    expect(chunks[0].choices[0].delta).toEqual({ role: "assistant", content: null, refusal: null });
    expect(reader.facts.finishReason).toBe("tool_calls");
    const one = pass([Buffer.from(callStream.join(""))], callOf({ parallel_tool_calls: false }));
    expect(one.text).not.toContain("Rome");
  });

  it("end in length where the limit was reached, with what the provider counted", () => {
    const cut = { status: "incomplete", incomplete_details: { reason: "max_output_tokens" } };
    const events = [...textStream.slice(0, -1), event("response.incomplete", { response: whole(cut) })];
    const { reader, chunks } = pass([Buffer.from(events.join(""))]);
    expect(chunks.at(-1).choices[0].finish_reason).toBe("length");
    expect(reader.facts.usage?.outputTokens).toBe(50);
  });

  it.each([
    [
      "response.failed",
      { response: whole({ status: "failed", error: { code: "server_error", message: "sk-1" } }) },
      "server",
    ],
    [
      "response.failed",
      { response: whole({ status: "failed", error: { code: "rate_limit_exceeded" } }) },
      "rate_limited",
    ],
    ["response.failed", { response: whole({ error: null }) }, "server"],
    ["error", { code: "server_error", message: "sk-1", param: null }, "server"],
    [
      "error",
      { error: { type: "invalid_request_error", code: "context_length_exceeded", message: "" } },
      "rejected",
    ],
    ["error", { code: null, message: "Too many", error: { type: "too_many_requests" } }, "rate_limited"],
    ["response.completed", { response: whole({ status: "queued" }) }, "invalid_response"],
  ])("fail in the middle by %s %j: %s, and are never taken for whole", (type, fields, kind) => {
    const events = [...textStream.slice(0, 7), event(type, fields)].join("");
    expect(() => pass([Buffer.from(events)])).toThrowError(
      expect.objectContaining({ kind, publicMessage: expect.not.stringContaining("sk-") }),
    );
  });

  it("are a failure where their last one is missing, however clean their end", () => {
    for (const rest of ["", "data: [DONE]\n\n"]) {
      const { reader } = pass([Buffer.from(textStream.slice(0, -1).join("") + rest)]);
      expect(reader.isComplete).toBe(false);
      expect(() => reader.close()).toThrowError(expect.objectContaining({ kind: "connection" }));
    }
  });

  it("say what came in one piece only", () => {
    const events = textStream.filter((text) => !text.startsWith("event: response.output_text.delta"));
    const { chunks } = pass([Buffer.from(events.join(""))]);
    expect(chunks.map(({ choices }) => choices[0].delta.content ?? "").join("")).toBe("Über 漢字 🪨");
  });
});
