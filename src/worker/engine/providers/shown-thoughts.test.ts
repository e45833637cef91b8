import { describe, expect, it } from "vitest";
import { callOf, requestOf, said, thought, whole } from "../../../../infra/testing/engine/responses-stage";
import { failureOfResponse } from "../failures/classify-failure";
import { gemini, toGeminiCompletion } from "./gemini/gemini";
import { openAi } from "./openai/openai";

const shown = { include_reasoning: true, tools: undefined };

function framesOf(provider: typeof openAi, events: readonly object[], call = callOf(shown)) {
  const reader = provider.live.reader(call, 0);
  const text = events.map((event) => reader.read(JSON.stringify(event))).join("");
  const deltas: Record<string, unknown>[] = text
    .split("\n\n")
    .filter(Boolean)
    .map((frame) => JSON.parse(frame.slice("data: ".length)).choices[0].delta);
  const join = (field: string) => deltas.map((delta) => delta[field] ?? "").join("");
  return { reader, deltas, thoughts: join("reasoning_content"), content: join("content") };
}

const messageOf = (provider: typeof openAi, response: unknown, call = callOf(shown)) => {
  const [choice] = provider.live.answer(call, response).answer.choices as { message: object }[];
  return choice?.message;
};

describe("OpenAI's summary of what a model thought", () => {
  const summary = ["First.", "Then."].map((text) => ({ type: "summary_text", text }));
  const delta = (part: number, text: string, item = 0) => ({
    type: "response.reasoning_summary_text.delta",
    output_index: item,
    summary_index: part,
    delta: text,
  });
  const done = (part: number, text: string) => ({
    type: "response.reasoning_summary_text.done",
    output_index: 0,
    summary_index: part,
    text,
  });
  const answer = { output: [{ ...thought("r"), summary }, said("Agate.")] };

  it("is asked for where it is to be shown, and not elsewhere", () => {
    const reasoning = (input: object) =>
      JSON.parse(openAi.live.request(callOf({ reasoning_effort: "low", ...input })).body).reasoning;
    expect(reasoning(shown)).toEqual({ effort: "low", summary: "auto" });
    expect(reasoning({ include_reasoning: false })).toEqual({ effort: "low" });
    expect(reasoning({})).toEqual({ effort: "low" });
  });

  it("is the same whole and streamed, its parts apart, and comes before what is said", () => {
    const { thoughts, content, deltas, reader } = framesOf(openAi, [
      { type: "response.output_item.added", output_index: 0, item: { ...thought("r"), summary: [] } },
      delta(0, "Fir"),
      delta(0, "st."),
      done(0, "First."),
      done(1, "Then."),
      { type: "response.output_item.done", output_index: 0, item: answer.output[0] },
      { type: "response.output_text.delta", output_index: 1, content_index: 0, delta: "Agate." },
      { type: "response.completed", response: whole(answer) },
    ]);
    expect(messageOf(openAi, whole(answer))).toMatchObject({
      reasoning_content: "First.\n\nThen.",
      content: "Agate.",
    });
    expect([thoughts, content]).toEqual(["First.\n\nThen.", "Agate."]);
    expect(deltas[0]).toEqual({ role: "assistant", content: null, refusal: null });
    expect(reader.contentBytes).toBe("First.\n\nThen.Agate.".length);
    expect(reader.facts.usage).toMatchObject({ outputTokens: 50, reasoningTokens: 32 });
  });

  it("is no answer: one that ends with it alone for a reason nobody knows is refused", () => {
    const events = [
      delta(0, "Hm."),
      { type: "response.incomplete", response: whole({ status: "incomplete" }) },
    ];
    expect(() => framesOf(openAi, events)).toThrow("finish reason");
  });

  it("that OpenAI refuses an account is refused by our name for it", () => {
    const message = "Your organization must be verified to generate reasoning summaries.";
    const error = { message, type: "invalid_request_error", param: "reasoning.summary", code: null };
    const response = { status: 400, headers: new Headers(), body: JSON.stringify({ error }) };
    expect(failureOfResponse("openai", response)).toMatchObject({ publicParam: "include_reasoning" });
  });
});

describe("Gemini's thoughts", () => {
  const response = (parts: object[], finishReason?: string) => ({
    candidates: [{ content: { role: "model", parts }, finishReason, index: 0 }],
    usageMetadata: {
      promptTokenCount: 1,
      candidatesTokenCount: 2,
      thoughtsTokenCount: 3,
      totalTokenCount: 6,
    },
    modelVersion: "gemini-3.8-flash",
  });
  const thoughts = { text: "Hm.", thought: true };
  const events = [response([thoughts]), response([thoughts, { text: "Agate." }], "STOP")];
  const call = (input: object) => ({ ...callOf(), request: requestOf(input, "gemini-3.8-flash") });

  it("are asked for where they are to be shown, whether or not the level of thinking is said", () => {
    const config = (input: object, model = "gemini-3.8-flash") =>
      JSON.parse(gemini.live.request({ ...callOf(), request: requestOf(input, model) }).body).generationConfig
        .thinkingConfig;
    expect(config(shown)).toEqual({ thinkingLevel: "low", includeThoughts: true });
    expect(config(shown, "gemini-3.5-flash-lite")).toEqual({ includeThoughts: true });
    expect(config({})).toEqual({ thinkingLevel: "low" });
  });

  it("come apart from what it says, and to nobody who did not ask", () => {
    const asked = framesOf(gemini, events, call(shown));
    expect([asked.thoughts, asked.content]).toEqual(["Hm.Hm.", "Agate."]);
    expect(messageOf(gemini, events[1], call(shown))).toMatchObject({
      reasoning_content: "Hm.",
      content: "Agate.",
    });
    expect(toGeminiCompletion(call(shown).request, events[1])).toMatchObject({ reasoning: "Hm." });

    const other = framesOf(gemini, events, call({ tools: undefined }));
    expect([other.thoughts, other.content]).toEqual(["", "Agate."]);
    expect(messageOf(gemini, events[1], call({ tools: undefined }))).not.toHaveProperty("reasoning_content");
  });
});
