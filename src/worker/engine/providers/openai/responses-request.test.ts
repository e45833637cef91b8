import type { ChatRequest } from "@agathaai/core/inference";
import { describe, expect, it } from "vitest";
import {
  apiKey,
  callOf,
  model,
  owner,
  parameters,
  requestOf,
} from "../../../../../infra/testing/engine/responses-stage";
import { idWithReasoning, readIdWithReasoning } from "./encrypted-reasoning";
import { openAi } from "./openai";
import { type ResponsesItem, toResponsesParams } from "./responses-request";

const bodyOf = (call: Parameters<typeof openAi.live.request>[0]) =>
  JSON.parse(openAi.live.request(call).body);

describe("which API answers", () => {
  const pathOf = (upstreamModel: string, input: Partial<ChatRequest>) =>
    openAi.live.request({ ...callOf(), request: requestOf(input, upstreamModel) }).path;

  it.each([
    ["gpt-6.2-sol", {}, "/responses"],
    ["gpt-6.2-astra", { reasoning_effort: "high" }, "/responses"],
    ["gpt-6.2-sol", { tools: undefined }, "/chat/completions"],
    ["gpt-6-sol", {}, "/chat/completions"],
    ["gpt-6-sol", { reasoning_effort: "low" }, "/responses"],
    ["gpt-6-sol", { reasoning_effort: "none" }, "/chat/completions"],
    ["gpt-6-sol", { reasoning_effort: "low", tools: undefined }, "/chat/completions"],
    ["gpt-4o", { reasoning_effort: "low" }, "/chat/completions"],
  ] as const)("is decided by the catalogue's row and the request: %s %j goes to %s", (name, input, path) => {
    expect(pathOf(name, input as Partial<ChatRequest>)).toBe(path);
  });
});

describe("a chat request, said to the Responses API", () => {
  it("keeps every part of it, in the other API's words, and nothing with OpenAI", () => {
    const image = { url: "https://a.test/x.png", detail: "low" as const };
    const params = toResponsesParams(
      requestOf({
        messages: [
          { role: "system", content: "Be brief." },
          {
            role: "developer",
            content: [
              { type: "text", text: "Metric." },
              { type: "text", text: "" },
            ],
          },
          {
            role: "user",
            name: "ada",
            content: [
              { type: "text", text: "Here?" },
              { type: "image_url", image_url: image },
            ],
          },
          {
            role: "assistant",
            content: "One moment.",
            tool_calls: [
              { id: "call_1", type: "function", function: { name: "get_weather", arguments: "" } },
            ],
          },
          { role: "tool", tool_call_id: "call_1", content: "3 °C" },
          { role: "assistant", content: "Cold." },
          { role: "user", content: "And tomorrow?" },
        ],
        tool_choice: { type: "function", function: { name: "get_weather" } },
        parallel_tool_calls: false,
        reasoning_effort: "high",
        response_format: { type: "json_schema", json_schema: { name: "w", schema: parameters } },
        metadata: { ours: "alone" },
      }),
      apiKey,
    );
    expect(params).toEqual({
      model,
      input: [
        { type: "message", role: "system", content: "Be brief." },
        { type: "message", role: "developer", content: [{ type: "input_text", text: "Metric." }] },
        {
          type: "message",
          role: "user",
          content: [
            { type: "input_text", text: "ada:" },
            { type: "input_text", text: "Here?" },
            { type: "input_image", image_url: image.url, detail: "low" },
          ],
        },
        { type: "message", role: "assistant", content: "One moment.", phase: "commentary" },
        { type: "function_call", call_id: "call_1", name: "get_weather", arguments: "{}" },
        { type: "function_call_output", call_id: "call_1", output: "3 °C" },
        { type: "message", role: "assistant", content: "Cold.", phase: "final_answer" },
        { type: "message", role: "user", content: "And tomorrow?" },
      ],
      max_output_tokens: 400,
      reasoning: { effort: "high" },
      text: { format: { type: "json_schema", name: "w", schema: parameters, strict: false } },
      tools: [{ type: "function", name: "get_weather", description: "Weather.", parameters, strict: false }],
      tool_choice: { type: "function", name: "get_weather" },
      parallel_tool_calls: false,
      include: ["reasoning.encrypted_content"],
      store: false,
      service_tier: "default",
    });
  });

  it("carries what stands beside the conversation: tier, verbosity, who asks, unknown parameters", () => {
    const extras = {
      service_tier: "flex",
      verbosity: "low",
      safety_identifier: "ada",
      prompt_cache_key: "k",
      new_one: 1,
    };
    expect(bodyOf(callOf({ response_format: { type: "text" } }, { extras }))).toMatchObject({
      stream: true,
      stream_options: { include_obfuscation: false },
      service_tier: "flex",
      text: { format: { type: "text" }, verbosity: "low" },
      safety_identifier: "ada",
      prompt_cache_key: "k",
      new_one: 1,
    });
    expect(bodyOf(callOf({}, { stream: false }))).not.toHaveProperty("stream");
  });
});

describe("reasoning in the id of a call", () => {
  const encrypted = [`gAAAAAB${"aZ-_09".repeat(400)}`, "gAAAAABsecond"];

  it("comes back whole for the same model and account, and for nobody else", () => {
    const id = idWithReasoning(owner, "call_1", encrypted);
    expect(id).toMatch(/^[\w-]+$/);
    expect(readIdWithReasoning(owner, id)).toEqual({ id: "call_1", encrypted });
    for (const other of [
      { ...owner, apiKey: "sk-other" },
      { ...owner, upstreamModel: "gpt-6.2-astra" },
    ]) {
      expect(readIdWithReasoning(other, id)).toEqual({ id: "call_1", encrypted: [] });
    }
  });

  it("is left out where an id would become longer than ids may be, and the call is kept", () => {
    const noise = Array.from({ length: 60_000 }, (_, at) => ((at * 2_654_435_761) >>> 7).toString(36)).join(
      "",
    );
    expect(idWithReasoning(owner, "call_1", [noise])).toBe("call_1");
  });

  it("is not believed: a changed id, or one that unpacks to a flood, is a call without reasoning", () => {
    const id = idWithReasoning(owner, "call_1", encrypted);
    expect(readIdWithReasoning(owner, `${id.slice(0, -9)}AAAAAAAAA`)).toEqual({
      id: "call_1",
      encrypted: [],
    });
    const flood = idWithReasoning(owner, "call_1", ["x".repeat(8 * 1024 * 1024)]);
    expect(flood.length).toBeGreaterThan(1_000);
    expect(readIdWithReasoning(owner, flood)).toEqual({ id: "call_1", encrypted: [] });
  });

  it("stands before the call it led to, and before what was said with it", () => {
    const call = (id: string) => ({
      id,
      type: "function" as const,
      function: { name: "f", arguments: "{}" },
    });
    const ids = [idWithReasoning(owner, "a", ["r1"]), idWithReasoning(owner, "b", ["r2"])] as const;
    const { input } = toResponsesParams(
      requestOf({
        messages: [
          { role: "assistant", content: "Both.", tool_calls: ids.map(call) },
          { role: "tool", tool_call_id: ids[1], content: "2" },
          { role: "tool", tool_call_id: ids[0], content: "1" },
        ],
      }),
      apiKey,
    );
    const note = (item: ResponsesItem) =>
      "encrypted_content" in item ? item.encrypted_content : "call_id" in item ? item.call_id : item.content;
    expect(input.map(note)).toEqual(["r1", "Both.", "a", "r2", "b", "b", "a"]);
  });
});
