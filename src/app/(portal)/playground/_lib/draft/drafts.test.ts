import type { InferenceInput } from "@agathaai/core/inference";
import { describe, expect, it } from "vitest";
import { type HistoryItem, runMetadata, toRuns } from "../past-runs";
import { continueConversation, firstDraft } from "./draft";
import { draftFromRequest } from "./draft-from-request";
import { parseSavedDraft } from "./draft-store";
import { toBody } from "./to-body";

const call = {
  id: "c1",
  type: "function" as const,
  function: { name: "get_weather", arguments: '{"place":"Idar"}' },
};

describe("a past request as a draft", () => {
  it("becomes the same body again, tools and calls with it", () => {
    const body = {
      messages: [
        { role: "system", content: "Be brief." },
        { role: "user", content: "Rain?" },
        { role: "assistant", content: null, reasoning_content: "Hm.", tool_calls: [call] },
        { role: "tool", tool_call_id: "c1", content: "dry" },
      ],
      max_tokens: 20,
      stop: ["END"],
      tools: [{ type: "function", function: { name: "get_weather", parameters: { type: "object" } } }],
      tool_choice: "required",
      reasoning_effort: "low",
      include_reasoning: true,
      response_format: {
        type: "json_schema",
        json_schema: { name: "a", schema: { type: "object" }, strict: false },
      },
    } satisfies Omit<InferenceInput, "model">;
    const { messages, ...parameters } = body;
    const { draft, complete } = draftFromRequest({ model: "gpt-4", messages, parameters });
    expect(complete).toBe(true);
    expect(draft.columns).toEqual([{ id: 1, model: "gpt-4" }]);
    expect(toBody(draft)).toEqual({ body, errors: {} });
  });

  it("says when it could not hold an image", () => {
    const image = { type: "image_url" as const, image_url: { url: "https://example.com/a.png" } };
    const messages = [
      { role: "user" as const, content: [{ type: "text" as const, text: "What is it?" }, image] },
    ];
    const { draft, complete } = draftFromRequest({ model: "gpt-4o", messages, parameters: {} });
    expect(complete).toBe(false);
    expect(draft.messages).toMatchObject([{ text: "What is it?" }]);
  });
});

describe("a draft saved by the tab", () => {
  const saved = {
    draft: { ...firstDraft("gpt-4o"), tools: [] },
    answers: { 1: "inf_01m844dwt2emvr8rasx2tvmp16" },
    streams: {},
  };

  it("comes back as it was", () => {
    const calls = { id: 2, role: "assistant" as const, text: "", toolCalls: [call] };
    const reply = { id: 3, role: "tool" as const, text: "dry", toolCallId: "c1", toolName: "get_weather" };
    const full = { ...saved, draft: { ...saved.draft, messages: [...saved.draft.messages, calls, reply] } };
    expect(parseSavedDraft(JSON.parse(JSON.stringify(full)))).toEqual(full);
  });

  it.each([
    null,
    [],
    "x",
    {},
    { draft: { columns: [], messages: [] } },
    { draft: { columns: [{ id: 1, model: "m" }] } },
  ])("is null where the stored value is not a draft: %j", (stored) =>
    expect(parseSavedDraft(stored)).toBeNull(),
  );

  it("drops answers whose request ID is malformed or whose column is missing", () => {
    const stored = { ...saved, answers: { 1: "../../secrets", 7: "inf_01m844dwt2emvr8rasx2tvmp16" } };
    expect(parseSavedDraft(stored)?.answers).toEqual({});
  });
});

describe("continuing from an answer", () => {
  const asked = firstDraft("gpt-4o").messages;

  it("adds the answer and an empty message", () => {
    expect(continueConversation(asked, { role: "assistant", content: "Silica." })).toMatchObject([
      { id: 1 },
      { id: 2, role: "assistant", text: "Silica." },
      { id: 3, role: "user", text: "" },
    ]);
  });

  it("adds an empty reply for each tool call, and the filled conversation fits the API", () => {
    const messages = continueConversation(asked, {
      role: "assistant",
      content: null,
      tool_calls: [call, { ...call, id: "c2" }],
    });
    const replied = messages.map((message) =>
      message.role === "tool" ? { ...message, text: "dry" } : message,
    );
    const { body, errors } = toBody({ ...firstDraft("gpt-4o"), messages: replied });
    expect(errors).toEqual({});
    expect(body.messages).toMatchObject([
      { role: "user" },
      { role: "assistant", tool_calls: [{ id: "c1" }, { id: "c2" }] },
      { role: "tool", tool_call_id: "c1", content: "dry" },
      { role: "tool", tool_call_id: "c2", content: "dry" },
    ]);
  });
});

it("requests of one send are one entry of the history, in the order of their columns", () => {
  const item = (id: string, metadata = {}) => ({ id, metadata }) as HistoryItem;
  const [first, second] = runMetadata(2);
  const [other] = runMetadata(3);
  // The second was accepted before the first: both are sent at once.
  const items = [item("5"), item("4", first), item("3", other), item("2", second), item("1")];
  const ids = toRuns(items).map(({ requests }) => requests.map(({ id }) => id));
  expect(ids).toEqual([["5"], ["4", "2"], ["3"], ["1"]]);
  expect(runMetadata(1)).toEqual([undefined]);
});
