import OpenAI from "openai";
import { describe, expect, it } from "vitest";
import { ledgerRow } from "../../../support/ledger";
import { makeKey } from "../../../support/people";
import { useGateway } from "../testing/use-gateway";

/** OpenAI's own SDK, unmodified but for base URL and key. */

const { stack, api, ada, key } = await useGateway();
const client = (apiKey: string) => new OpenAI({ apiKey, baseURL: `${api.url}/v1` });
const live = client(key);
const test = client(await makeKey(api, ada, { environment: "test" }));

const messages = [{ role: "user" as const, content: "Name three kinds of agate." }];
const models = ["gpt-4o", "gemini-3.8-flash", "deepseek-flash"];
const weather = {
  type: "function" as const,
  function: {
    name: "weather",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  },
};

describe.each([...models.map((model) => [model, "live"] as const), ["gpt-4o", "test"] as const])(
  "%s with a %s key",
  (model, environment) => {
    const openai = () => (environment === "live" ? live : test);

    it("answers as a whole, and the ledger has what the answer says", async () => {
      const { data, response } = await openai()
        .chat.completions.create({ model, messages, max_tokens: 200 })
        .withResponse();
      expect(data).toMatchObject({ object: "chat.completion", model, id: expect.stringMatching(/^inf_/) });
      expect(data.choices).toHaveLength(1);
      expect(data.choices[0]?.message).toMatchObject({
        role: "assistant",
        content: expect.stringMatching(/\S/),
      });
      expect(response.headers.get("x-ratelimit-limit-requests")).toMatch(/^\d+$/);
      expect(response.headers.get("x-agatha-id")).toBe(data.id);
      const row = await ledgerRow(data.id);
      expect(row).toMatchObject({
        status: "completed",
        billable: environment === "live",
        input_tokens: String(data.usage?.prompt_tokens),
        output_tokens: String(data.usage?.completion_tokens),
        estimated: false,
        endpoint: "/v1/chat/completions",
      });
      const { cost } = data.usage as NonNullable<typeof data.usage> & { cost: number };
      expect(Math.round(cost * 1_000_000)).toBe(Number(row.cost_micros));
    });

    it("streams the same in pieces of one head, with the usage in a chunk of its own", async () => {
      const stream = await openai().chat.completions.create({
        model,
        messages,
        max_tokens: 200,
        stream: true,
        stream_options: { include_usage: true },
      });
      const chunks = [];
      for await (const chunk of stream) chunks.push(chunk);
      expect(new Set(chunks.map(({ id, created, model: name }) => `${id} ${created} ${name}`)).size).toBe(1);
      expect(chunks[0]?.choices[0]?.delta.role).toBe("assistant");
      const last = chunks.pop();
      expect(last).toMatchObject({ choices: [], usage: { total_tokens: expect.any(Number) } });
      expect(chunks.every(({ usage, choices }) => usage === null && choices.length === 1)).toBe(true);
      expect(chunks.filter(({ choices }) => choices[0]?.finish_reason === "stop")).toHaveLength(1);
      expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? "").join("")).toMatch(/\S/);
      const row = await ledgerRow(chunks[0]?.id ?? "");
      expect(row).toMatchObject({
        status: "completed",
        input_tokens: String(last?.usage?.prompt_tokens),
        output_tokens: String(last?.usage?.completion_tokens),
      });
    });

    it("streams without a word of usage to those who did not ask for it", async () => {
      const stream = await openai().chat.completions.create({ model, messages, stream: true });
      for await (const chunk of stream) {
        expect("usage" in chunk).toBe(false);
        expect(chunk.choices).toHaveLength(1);
      }
    });

    it("calls a tool, whole and in pieces, and takes its result", async () => {
      const ask = { model, messages, tools: [weather], tool_choice: "required" as const };
      const whole = await openai().chat.completions.create(ask);
      const [choice] = whole.choices;
      expect(choice?.finish_reason).toBe("tool_calls");
      const call = choice?.message.tool_calls?.[0];
      if (call?.type !== "function" || choice === undefined) throw new Error("no function was called");
      expect(call.function.name).toBe("weather");
      expect(JSON.parse(call.function.arguments)).toHaveProperty("city");

      const streamed = await openai().chat.completions.stream(ask).finalChatCompletion();
      expect(streamed.choices[0]?.finish_reason).toBe("tool_calls");
      expect(streamed.choices[0]?.message.tool_calls?.[0]).toMatchObject({ function: { name: "weather" } });

      const after = await openai().chat.completions.create({
        model,
        messages: [...messages, choice.message, { role: "tool", tool_call_id: call.id, content: "Sunny" }],
        tools: [weather],
      });
      expect(after.choices[0]?.message.content).toMatch(/\S/);
    });

    it("answers by a JSON schema, or refuses it by name", async () => {
      const schema = {
        type: "object",
        properties: { kinds: { type: "array", items: { type: "string" } } },
        required: ["kinds"],
        additionalProperties: false,
      };
      const answer = openai().chat.completions.create({
        model,
        messages,
        response_format: { type: "json_schema", json_schema: { name: "agates", schema } },
      });
      if (model === "deepseek-flash") {
        await expect(answer).rejects.toMatchObject({ code: "unsupported_parameter" });
        return;
      }
      const { choices } = await answer;
      expect(JSON.parse(choices[0]?.message.content ?? "")).toHaveProperty("kinds");
    });
  },
);

describe("errors are the SDK's own", () => {
  it("an invalid key, an unknown model and a wrong field raise the SDK's error classes", async () => {
    const stranger = new OpenAI({ apiKey: "agt_live_nothing", baseURL: `${api.url}/v1`, maxRetries: 0 });
    await expect(stranger.chat.completions.create({ model: "gpt-4o", messages })).rejects.toThrow(
      OpenAI.AuthenticationError,
    );
    await expect(live.chat.completions.create({ model: "gpt-0", messages })).rejects.toThrow(
      OpenAI.NotFoundError,
    );
    const wrong = live.chat.completions.create({ model: "gpt-4o", messages, temperature: 7 });
    await expect(wrong).rejects.toThrow(OpenAI.BadRequestError);
    await expect(wrong).rejects.toMatchObject({ code: "invalid_request", param: "temperature" });
  });

  it("the SDK retries while a provider is down, and does not where no retry can help", async () => {
    const call = (content: string) =>
      live.chat.completions.create({ model: "gpt-4o", messages: [{ role: "user", content }] });
    const down = call("[[sim:503]][[nonce:down]]");
    await expect(down).rejects.toThrow(OpenAI.InternalServerError);
    await expect(down).rejects.toMatchObject({ code: "provider_unavailable" });
    const asked = stack.simulator.calls().by_nonce.down ?? 0;
    expect(asked).toBeGreaterThanOrEqual(3);
    await expect(call("[[sim:filter:1]][[nonce:filtered]]")).rejects.toMatchObject({
      status: 400,
      code: "content_filtered",
    });
    expect(stack.simulator.calls().by_nonce.filtered).toBe(1);
  });
});

describe("models", () => {
  it("are listed and found in OpenAI's shape", async () => {
    const listed = [];
    for await (const model of live.models.list()) listed.push(model);
    expect(listed.map(({ id }) => id)).toEqual(expect.arrayContaining(models));
    expect(await live.models.retrieve("gpt-4o")).toMatchObject({
      id: "gpt-4o",
      object: "model",
      owned_by: "openai",
      context_window: 128_000,
      input_modalities: ["text", "image"],
      shutdown_date: "2027-01-14",
    });
    expect(await live.models.retrieve("text-embedding-3-small")).toMatchObject({
      output_modalities: ["embedding"],
      shutdown_date: null,
    });
  });
});
