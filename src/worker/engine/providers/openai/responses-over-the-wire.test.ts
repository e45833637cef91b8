import type { ChatRequest } from "@agathaai/core/inference";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startOpenAiSimulator } from "../../../../../infra/stand-ins/providers/openai/openai";
import type { Simulator } from "../../../../../infra/stand-ins/providers/serve";
import { apiKey, requestOf } from "../../../../../infra/testing/engine/responses-stage";
import { openAi } from "./openai";
import type { ResponsesItem } from "./responses-request";

describe("OpenAI, keeping nothing of a conversation", () => {
  let simulator: Simulator;
  let arrived: { input: ResponsesItem[] } | undefined;
  beforeAll(async () => {
    simulator = await startOpenAiSimulator({
      port: 0,
      onRequest: (body) => {
        arrived = body as typeof arrived;
      },
    });
  });
  afterAll(() => simulator.stop());

  const complete = (key: string, input: Partial<ChatRequest>) =>
    openAi
      .connect({ apiKey: key, baseUrl: `${simulator.url}/v1` })
      .complete(requestOf(input), { signal: new AbortController().signal, timeoutMs: 10_000 });

  it("gets the reasoning back that led to a call, from a client that knows nothing of it, by the account it belongs to", async () => {
    const asked = { role: "user" as const, content: "get_weather in Oslo" };
    const first = await complete(apiKey, { messages: [asked] });
    expect(first).toMatchObject({
      content: null,
      finishReason: "tool_calls",
      usage: { reasoningTokens: 64 },
    });
    const [call] = first.toolCalls;
    if (call === undefined) throw new Error("no call");
    const messages: ChatRequest["messages"] = [
      asked,
      { role: "assistant", content: null, tool_calls: [call] },
      { role: "tool", tool_call_id: call.id, content: "3 °C" },
    ];
    const second = await complete(apiKey, { messages });
    expect(second.finishReason).toBe("stop");
    expect(arrived?.input.map(({ type }) => type)).toEqual([
      "message",
      "reasoning",
      "function_call",
      "function_call_output",
    ]);
    // Another account could not read it, and would refuse the whole conversation.
    await complete("sk-other-account", { messages });
    expect(arrived?.input.map(({ type }) => type)).toEqual([
      "message",
      "function_call",
      "function_call_output",
    ]);
  });

  it("names a refused field by the customer's name for it", async () => {
    const few = { ...requestOf({}), maxOutputTokens: 3 };
    const provider = openAi.connect({ apiKey, baseUrl: `${simulator.url}/v1` });
    const refused = provider.complete(few, { signal: new AbortController().signal, timeoutMs: 10_000 });
    await expect(refused).rejects.toMatchObject({ kind: "rejected", publicParam: "max_tokens" });
  });
});
