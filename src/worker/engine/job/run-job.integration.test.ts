import { once } from "node:events";
import { createServer } from "node:http";
import { getInference, getInferenceDetail, getInferenceResult } from "@agathaai/core/inference";
import { describe, expect, it } from "vitest";
import { account, db, engineWith, ledger, reserved, result, row, run, runAgain, stack } from "./testing/jobs";

describe("a job that goes well", () => {
  it("answers within the reservation under a small limit of a reasoning model", async () => {
    const id = await account.submit({
      model: "gemini-3.8-flash",
      prompt: "Why is the sky blue?",
      max_tokens: 5,
    });
    const { reservedTokens, maxOutputTokens } = await row(id);
    expect(await run(id)).toEqual({ action: "acknowledge" });
    const view = await result(id);
    expect(view.output?.content).toMatch(/\S/);
    expect(Buffer.byteLength(view.output?.content ?? "")).toBeLessThanOrEqual(5 * 4);
    expect(view).toMatchObject({ finish_reason: "length", usage: { reasoning_tokens: 64 } });
    expect(view.usage?.output_tokens).toBeLessThanOrEqual(maxOutputTokens);
    expect(view.usage?.total_tokens).toBeLessThanOrEqual(Number(reservedTokens));
  });

  it("continues a conversation with tools from Gemini to Gemini and to OpenAI, from the customer's answer alone", async () => {
    const tools = [{ type: "function" as const, function: { name: "1st_weather" } }];
    const messages = [{ role: "user" as const, content: "Weather?" }];
    const model = "gemini-4-argon";
    const id = await account.submit({ model, messages, tools, tool_choice: "required", max_tokens: 200 });
    await run(id);
    const { output } = await result(id);
    const call = output?.tool_calls?.[0];
    expect(call?.function).toEqual({ name: "1st_weather", arguments: "{}" });
    if (output == null || call === undefined) return;
    const answer = { role: "tool" as const, tool_call_id: call.id, content: '{"id":12345678901234567890}' };
    for (const next of [model, "gpt-4o"]) {
      const conversation = [...messages, output, answer];
      const more = await account.submit({ model: next, messages: conversation, tools, max_tokens: 2_000 });
      await run(more);
      expect(await result(more)).toMatchObject({ status: "completed", finish_reason: "stop" });
    }
  });

  it.each([
    ["openai", "gpt-4o"],
    ["deepseek", "deepseek-chat"],
    ["gemini", "gemini-1.5-pro"],
  ])("brings %s's answer, its own usage and one ledger row", async (_provider, model) => {
    const id = await account.submit({ model, prompt: "Why is the sky blue?" });
    expect(await reserved()).toBeGreaterThan(0);
    expect(await run(id)).toEqual({ action: "acknowledge" });
    const view = await result(id);
    expect(view).toMatchObject({ status: "completed", output: { role: "assistant" } });
    const [entry, ...more] = await ledger(id);
    expect(more).toEqual([]);
    expect(entry).toMatchObject({ billable: true, status: "completed" });
    expect(Number(entry?.inputTokens)).toBe(view.usage?.input_tokens);
    expect(Number(entry?.outputTokens)).toBe(view.usage?.output_tokens);
    expect(Number(entry?.costMicros)).toBeGreaterThan(0);
    expect(await reserved()).toBe(0);
  });

  it.each(["gpt-4o", "deepseek-chat", "gemini-1.5-pro"])("brings %s's tool call", async (model) => {
    const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
    const id = await account.submit({
      model,
      prompt: "Weather in Oslo?",
      tools: [{ type: "function", function: { name: "get_weather", parameters } }],
      tool_choice: "required",
    });
    await run(id);
    const { output, finish_reason } = await result(id);
    expect(finish_reason).toBe("tool_calls");
    expect(output?.tool_calls?.[0]?.function.name).toBe("get_weather");
  });

  it("answers test keys itself and calls no provider", async () => {
    const before = stack.simulator.calls().total;
    const id = await account.submit({ prompt: "Hello" }, "test");
    expect(await run(id)).toEqual({ action: "acknowledge" });
    expect(stack.simulator.calls().total).toBe(before);
    expect(await ledger(id)).toMatchObject([{ billable: false, costMicros: 0n, status: "completed" }]);
  });

  it("completes an answer that the provider's filter has cut off", async () => {
    const id = await account.submit({ prompt: "Hello [[sim:filter]]" });
    await run(id);
    expect(await result(id)).toMatchObject({ status: "completed", finish_reason: "content_filter" });
  });
});

describe("a job that fails", () => {
  it("waits as long as the provider asks, then succeeds, and is billed once", async () => {
    const id = await account.submit({ prompt: "Hello [[sim:429:7x1:once]]" });
    const disposition = await run(id);
    expect(disposition).toMatchObject({ action: "retry" });
    expect(disposition.action === "retry" && disposition.delayMs).toBeGreaterThanOrEqual(7_000);
    expect(await row(id)).toMatchObject({ status: "queued", attempts: 1, leaseOwner: null });
    expect(await runAgain(id)).toEqual({ action: "acknowledge" });
    expect(await ledger(id)).toHaveLength(1);
    expect(await reserved()).toBe(0);
  });

  it.each(["500x1:a", "503x1:b", "timeoutx1:c", "halfx1:d", "garbagex1:e", "hugex1:f"])(
    "survives %s",
    async (failure) => {
      const id = await account.submit({ prompt: `Hello [[sim:${failure}]]` });
      expect(await run(id)).toMatchObject({ action: "retry" });
      expect(await runAgain(id)).toEqual({ action: "acknowledge" });
      expect((await row(id)).status).toBe("completed");
      expect(await ledger(id)).toHaveLength(1);
    },
  );

  it("ends as failed after its last attempt, unbilled, with a reason, and its message is kept", async () => {
    const id = await account.submit({ prompt: "Hello [[sim:500]]" });
    await run(id);
    await runAgain(id);
    expect(await runAgain(id)).toEqual({ action: "dead_letter", reason: "attempts exhausted: server" });
    expect(await result(id)).toMatchObject({
      status: "failed",
      error: { code: "provider_error" },
      cost_micros: 0,
    });
    expect(await ledger(id)).toMatchObject([{ status: "failed", billable: false, costMicros: 0n }]);
    expect(await reserved()).toBe(0);
  });

  it.each([
    ["400", "provider_rejected"],
    ["401", "provider_unavailable"],
    ["filter:1", "content_filtered"],
  ])("does not repeat %s", async (failure, code) => {
    const id = await account.submit({
      prompt: `Hello [[sim:${failure}]] [[nonce:final-${failure.replace(":", "-")}]]`,
    });
    expect(await run(id)).toEqual({ action: "acknowledge" });
    expect(await result(id)).toMatchObject({ status: "failed", error: { code } });
    expect(stack.simulator.calls().by_nonce[`final-${failure.replace(":", "-")}`]).toBe(1);
  });

  /** A maker that answers every call with this refusal, at an address of its own. */
  async function refusedWith(error: { message: string; code: string; param: string | null }) {
    const maker = createServer((_request, response) => {
      response.writeHead(400, { "content-type": "application/json" });
      response.end(JSON.stringify({ error: { type: "invalid_request_error", ...error } }));
    });
    await once(maker.listen(0, "127.0.0.1"), "listening");
    const address = maker.address();
    if (address === null || typeof address === "string") throw new Error("the maker has no port");
    try {
      const id = await account.submit({ prompt: "Hello", temperature: 1.5 });
      const engine = engineWith({
        OPENAI_API_KEY: "sk-test",
        OPENAI_BASE_URL: `http://127.0.0.1:${address.port}/v1`,
      });
      expect(await run(id, { engine })).toEqual({
        action: "acknowledge",
      });
      return id;
    } finally {
      maker.close();
    }
  }

  it.each([
    ["temperature", { message: "No.", code: "unsupported_value", param: "temperature" }, "temperature"],
    [
      "an image",
      {
        message: "Error while downloading https://a.example/x.png.",
        code: "invalid_image_url",
        param: "messages[0].content[1].image_url.url",
      },
      "messages[0].content[1].image_url.url",
    ],
    ["what is no field of the customer's", { message: "No.", code: "x", param: "organization.org-1" }, null],
    ["without a word", { message: "", code: "x", param: null }, null],
  ])("names the field in every view when the provider refuses %s", async (_what, error, param) => {
    const requestId = await refusedWith(error);
    const key = { orgId: account.orgId, environment: "all", requestId } as const;
    const views = [getInference(db, key), getInferenceResult(db, key), getInferenceDetail(db, key)];
    for (const view of await Promise.all(views)) {
      expect(view.error).toMatchObject({ code: "provider_rejected", param });
    }
  });
});
