import { afterEach, describe, expect, it, vi } from "vitest";
import { readEvents } from "./read-events";
import { resumeChat, streamChat } from "./stream-chat";
import {
  answerOf,
  completionOf,
  newStreamed,
  parseStreamed,
  type Streamed,
  toSave,
  withChunk,
} from "./streamed";

const bytes = new TextEncoder();

function bodyOf(pieces: (string | Uint8Array)[], fail?: Error): ReadableStream<Uint8Array> {
  const queue = pieces.map((piece) => (typeof piece === "string" ? bytes.encode(piece) : piece));
  return new ReadableStream({
    pull(controller) {
      const next = queue.shift();
      if (next !== undefined) controller.enqueue(next);
      else if (fail !== undefined) controller.error(fail);
      else controller.close();
    },
  });
}

const event = (data: unknown) => `data: ${JSON.stringify(data)}\n\n`;
const delta = (part: object, finish: string | null = null) => ({
  choices: [{ index: 0, delta: part, finish_reason: finish }],
  usage: null,
});
const usage = { prompt_tokens: 9, completion_tokens: 4, total_tokens: 13, cost: 0.000123 };

describe("events of a stream", () => {
  it("arrive whole wherever the network cuts them, even within a character; comments are skipped", async () => {
    const whole = bytes.encode(
      `: ping\n\nid: 7\ndata: "moosgrün ✓"\r\n\r\nevent: x\ndata: a\ndata: b\n\ndata: [DONE]\n\n`,
    );
    for (const size of [1, 2, 3, 7, whole.length]) {
      const pieces = Array.from({ length: Math.ceil(whole.length / size) }, (_, index) =>
        whole.slice(index * size, (index + 1) * size),
      );
      const events = [];
      for await (const { id, data } of readEvents(bodyOf(pieces))) events.push([id, data]);
      expect(events).toEqual([
        [7, '"moosgrün ✓"'],
        [undefined, "a\nb"],
        [undefined, "[DONE]"],
      ]);
    }
  });
});

describe("a streamed completion", () => {
  const read = (chunks: unknown[]) =>
    chunks.reduce<Streamed>(withChunk, newStreamed("gpt-4o", "2026-11-27T01:00:00.000Z"));

  it("keeps what the model thinks apart from what it says, and shows it before there is an answer", () => {
    const thinking = [delta({ role: "assistant", content: null, reasoning_content: "Hm, " })];
    expect(answerOf(read(thinking)).output).toEqual({
      role: "assistant",
      content: null,
      reasoning_content: "Hm, ",
    });
    const streamed = read([
      ...thinking,
      delta({ reasoning_content: "bands." }),
      delta({ content: "Agate." }, "stop"),
    ]);
    const message = { role: "assistant", content: "Agate.", reasoning_content: "Hm, bands." };
    expect(answerOf(streamed).output).toEqual(message);
    expect(completionOf(streamed)).toMatchObject({ choices: [{ message }] });
    const ended = { ...streamed, status: "completed" as const };
    expect(parseStreamed(JSON.parse(JSON.stringify(toSave(ended))))).toEqual(ended);
  });

  it("adds up to what the same call returns in one piece, fragments of parallel tool calls in their places", () => {
    const streamed = read([
      delta({ role: "assistant", content: "" }),
      delta({ content: "I" }),
      delta({ content: " look." }),
      delta({
        tool_calls: [{ index: 0, id: "c1", type: "function", function: { name: "a", arguments: "" } }],
      }),
      delta({
        tool_calls: [{ index: 1, id: "c2", type: "function", function: { name: "b", arguments: "{" } }],
      }),
      delta({ tool_calls: [{ index: 0, function: { arguments: '{"x":1}' } }] }),
      delta({ tool_calls: [{ index: 1, function: { arguments: "}" } }] }),
      delta({}, "tool_calls"),
      { choices: [], usage },
    ]);
    expect(completionOf(streamed)).toMatchObject({
      object: "chat.completion",
      choices: [
        {
          finish_reason: "tool_calls",
          message: {
            role: "assistant",
            content: "I look.",
            tool_calls: [
              { id: "c1", type: "function", function: { name: "a", arguments: '{"x":1}' } },
              { id: "c2", type: "function", function: { name: "b", arguments: "{}" } },
            ],
          },
        },
      ],
      usage,
    });
    expect(answerOf(streamed)).toMatchObject({
      cost_micros: 123,
      usage: { input_tokens: 9, output_tokens: 4 },
      finish_reason: "tool_calls",
    });
  });

  it("survives the tab's storage unchanged; one under way as what it takes to read it again; a malformed one does not", () => {
    const done = {
      ...read([delta({ content: "Yes" }, "stop"), { choices: [], usage }]),
      status: "completed" as const,
    };
    expect(parseStreamed(JSON.parse(JSON.stringify(done)))).toEqual(done);
    const underWay = read([delta({ content: "Yes" })]);
    expect(toSave(underWay)).toBeUndefined();
    const id = "inf_01m844dwt2emvr8rasx2tvmp16";
    const saved = toSave({ ...underWay, id });
    expect(saved).toMatchObject({ id, status: "processing", content: "" });
    expect(parseStreamed(JSON.parse(JSON.stringify(saved)))).toEqual(saved);
    expect(parseStreamed({ ...done, status: "processing" })).toBeNull();
    for (const strange of [null, 1, "x", [], {}, { status: "completed" }])
      expect(parseStreamed(strange)).toBeNull();
  });
});

describe("a streamed call", () => {
  afterEach(() => vi.unstubAllGlobals());
  const call = { model: "gpt-4o", messages: [{ role: "user" as const, content: "Hi" }] };
  const answerWith = (body: ReadableStream<Uint8Array>, init: ResponseInit = {}) =>
    vi.stubGlobal(
      "fetch",
      async () =>
        new Response(body, { headers: { "x-agatha-id": "inf_1", "x-agatha-model": "gpt-6-luna" }, ...init }),
    );
  const run = (controller = new AbortController(), onChange: (streamed: Streamed) => void = () => {}) =>
    streamChat(call, { signal: controller.signal, onChange, resumable: false });

  it("ends completed with [DONE], and says which model answered", async () => {
    answerWith(
      bodyOf([event(delta({ content: "A" })), event(delta({ content: "gate" }, "stop")), "data: [DONE]\n\n"]),
    );
    const seen: string[] = [];
    const end = await run(undefined, ({ content }) => seen.push(content));
    expect(seen).toEqual(["", "A", "Agate"]);
    expect(end).toMatchObject({ status: "completed", id: "inf_1", model: "gpt-6-luna", content: "Agate" });
  });

  it("keeps the text received when the stream reports an error, breaks or just ends", async () => {
    const first = event(delta({ content: "A" }));
    const error = { error: { message: "The provider failed.", code: "provider_error", request_id: "req_1" } };
    answerWith(bodyOf([first, event(error)]));
    expect(await run()).toMatchObject({
      status: "failed",
      content: "A",
      problem: { message: "The provider failed.", request_id: "req_1" },
    });
    for (const body of [bodyOf([first]), bodyOf([first], new Error("reset"))]) {
      answerWith(body);
      expect(await run()).toMatchObject({
        status: "failed",
        content: "A",
        problem: { message: "The connection broke off before the answer was complete." },
      });
    }
  });

  describe("that can be read again", () => {
    const numbered = (id: number, data: unknown) => `id: ${id}\n${event(data)}`;
    const words = ["A", "gate", " has", " bands"].map((content, index) =>
      numbered(index + 1, delta({ content }, index === 3 ? "stop" : null)),
    );
    const headers = { "x-agatha-id": "inf_1", "x-agatha-model": "gpt-4o" };
    /** Each connection breaks after so many events; what was asked for is noted. */
    function serve(...connections: (number | Response | Error)[]) {
      const asked: [string, unknown][] = [];
      vi.stubGlobal("window", new EventTarget());
      vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
        const last = Number(new Headers(init.headers).get("last-event-id") ?? 0);
        asked.push([
          url,
          init.method === "POST" ? new Headers(init.headers).get("x-agatha-resumable") : last,
        ]);
        const next = connections.shift();
        if (next instanceof Response) return next;
        if (next === undefined || next instanceof Error) throw next ?? new TypeError("offline");
        const events = words.slice(last, last + next);
        const isWhole = last + next >= words.length;
        const body = isWhole
          ? bodyOf([...events, "data: [DONE]\n\n"])
          : bodyOf(events, new Error("the network is gone"));
        return new Response(body, { headers });
      });
      return asked;
    }
    const resumed = () =>
      streamChat(call, { signal: new AbortController().signal, onChange: () => {}, resumable: true });

    it("is read from where each connection broke, and every word of it once", async () => {
      const asked = serve(1, new TypeError("offline"), 2, 9);
      expect(await resumed()).toMatchObject({ status: "completed", content: "Agate has bands" });
      expect(asked).toEqual([
        ["/v1/chat/completions", "begun"],
        ["/v1/generations/inf_1/stream", 1],
        ["/v1/generations/inf_1/stream", 1],
        ["/v1/generations/inf_1/stream", 3],
      ]);
    });

    it("takes no event twice that it has read", async () => {
      serve(2, new Response(bodyOf([...words, "data: [DONE]\n\n"]), { headers }));
      expect(await resumed()).toMatchObject({ status: "completed", content: "Agate has bands" });
    });

    it("is read from its beginning after the page was loaded again", async () => {
      const asked = serve(9);
      const begun = { ...newStreamed("gpt-4o", "2026-11-27T01:00:00.000Z"), id: "inf_1" };
      const end = await resumeChat(begun, { signal: new AbortController().signal, onChange: () => {} });
      expect(end).toMatchObject({ status: "completed", content: "Agate has bands", sentAt: begun.sentAt });
      expect(asked).toEqual([["/v1/generations/inf_1/stream", 0]]);
    });

    it("ends with what had come and the reason, where it is kept no longer", async () => {
      const gone = JSON.stringify({ error: { message: "Generation not found.", code: "not_found" } });
      serve(1, new Response(gone, { status: 404 }));
      expect(await resumed()).toMatchObject({
        status: "failed",
        content: "A",
        problem: { message: "Generation not found." },
      });
    });
  });

  it("throws the API's error where it is refused before the first content", async () => {
    const refusal = JSON.stringify({
      error: { message: "seed is not supported", code: "unsupported_parameter", param: "seed" },
    });
    answerWith(bodyOf([refusal]), { status: 400 });
    await expect(run()).rejects.toMatchObject({ message: "seed is not supported", data: { param: "seed" } });
  });

  it("ends as stopped, with what had come, when it is aborted", async () => {
    const controller = new AbortController();
    answerWith(
      bodyOf([event(delta({ content: "A" })), event(delta({ content: "B" }))], new Error("aborted")),
    );
    const end = await run(controller, () => controller.abort());
    expect(end.status).toBe("cancelled");
    expect(end.content).toMatch(/^A/);
  });
});
