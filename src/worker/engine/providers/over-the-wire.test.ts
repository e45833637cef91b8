import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { ChatRequest } from "@agathaai/core/inference";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startGeminiSimulator } from "../../../../infra/stand-ins/providers/gemini/gemini";
import { startOpenAiSimulator } from "../../../../infra/stand-ins/providers/openai/openai";
import type { Simulator } from "../../../../infra/stand-ins/providers/serve";
import type { Provider } from "./provider";
import { providerModules } from "./registry";

type Name = "openai" | "deepseek" | "gemini";
const names: Name[] = ["openai", "deepseek", "gemini"];
const models: Record<Name, string> = {
  openai: "gpt-4o",
  deepseek: "deepseek-chat",
  gemini: "gemini-2.5-pro",
};

let simulators: Record<Name, Simulator>;
let providers: Record<Name, Provider>;

beforeAll(async () => {
  simulators = {
    openai: await startOpenAiSimulator({ port: 0 }),
    deepseek: await startOpenAiSimulator({ port: 0, flavor: "deepseek" }),
    gemini: await startGeminiSimulator({ port: 0 }),
  };
  const apiKey = "sk-test-key-of-the-platform";
  providers = {
    openai: providerModules.openai.connect({ apiKey, baseUrl: `${simulators.openai.url}/v1` }),
    deepseek: providerModules.deepseek.connect({ apiKey, baseUrl: simulators.deepseek.url }),
    gemini: providerModules.gemini.connect({ apiKey, baseUrl: simulators.gemini.url }),
  };
});

afterAll(async () => {
  for (const simulator of Object.values(simulators)) await simulator.stop();
});

function ask(
  name: Name,
  prompt: string,
  {
    timeoutMs = 10_000,
    signal = new AbortController().signal,
    ...input
  }: Partial<ChatRequest> & { timeoutMs?: number; signal?: AbortSignal } = {},
) {
  return providers[name].complete(
    {
      upstreamModel: models[name],
      input: { model: models[name], messages: [{ role: "user", content: prompt }], ...input },
      maxOutputTokens: 500,
    },
    { signal, timeoutMs },
  );
}

describe.each(names)("%s through its SDK", (name) => {
  it("answers with text and the provider's own usage", async () => {
    const completion = await ask(name, "Why is the sky blue?");
    expect(completion).toMatchObject({ finishReason: "stop", toolCalls: [] });
    expect(completion.content).toContain("sky");
    expect(completion.usage.inputTokens).toBeGreaterThan(0);
    expect(completion.usage.outputTokens).toBeGreaterThanOrEqual(completion.usage.reasoningTokens);
    expect(completion.usage.outputTokens).toBeGreaterThan(0);
  });

  it("calls a tool, and goes on with its result", async () => {
    const tools: ChatRequest["tools"] = [
      {
        type: "function",
        function: {
          name: "get_weather",
          parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
        },
      },
    ];
    const first = await ask(name, "Weather in Oslo?", { tools, tool_choice: "required" });
    expect(first.finishReason).toBe("tool_calls");
    const [call] = first.toolCalls;
    expect(JSON.parse(call?.function.arguments ?? "")).toHaveProperty("city");
    if (!call) return;
    const second = await ask(name, "", {
      tools,
      messages: [
        { role: "user", content: "Weather in Oslo?" },
        { role: "assistant", content: null, tool_calls: [call] },
        { role: "tool", tool_call_id: call.id, content: '{"celsius":4}' },
      ],
    });
    expect(second).toMatchObject({ finishReason: "stop", toolCalls: [] });
  });

  it("answers in JSON, under a schema where the provider takes one", async () => {
    const schema = { type: "object", properties: { colour: { type: "string" } }, required: ["colour"] };
    const completion = await ask(name, "A colour, as JSON", {
      response_format: { type: "json_schema", json_schema: { name: "colour", schema } },
    });
    const answer: unknown = JSON.parse(completion.content ?? "");
    if (name === "deepseek") expect(answer).toBeTypeOf("object");
    else expect(answer).toHaveProperty("colour");
  });

  it.each([
    ["429:7", { kind: "rate_limited", retryable: true, retryAfterMs: 7_000 }],
    ["500", { kind: "server", retryable: true }],
    ["503", { kind: "overloaded", retryable: true }],
    ["400", { kind: "rejected", retryable: false }],
    ["401", { kind: "auth", retryable: false, publicCode: "provider_unavailable" }],
    ["half", { kind: "connection", retryable: true }],
    ["garbage", { kind: "invalid_response", retryable: true }],
    // By its size, and not because it says nothing we can read.
    [
      "huge",
      { kind: "invalid_response", retryable: true, message: expect.stringContaining("answer too large") },
    ],
    ["filter:1", { kind: "content_filtered", retryable: false, publicCode: "content_filtered" }],
  ])(
    "knows the failure %s",
    async (failure, expected) => {
      await expect(ask(name, `Hello [[sim:${failure}]]`)).rejects.toMatchObject(expected);
    },
    // A huge answer takes a busy machine a while.
    20_000,
  );

  it("completes an answer that its provider withheld", async () => {
    await expect(ask(name, "Hello [[sim:filter]]")).resolves.toMatchObject({
      finishReason: "content_filter",
    });
  });

  it("gives up at its time limit", async () => {
    // Nobody ever answers.
    await expect(ask(name, "Hello [[sim:timeout]]", { timeoutMs: 300 })).rejects.toMatchObject({
      kind: "timeout",
      publicCode: "provider_timeout",
    });
  });

  it("stops at once when it is told to", async () => {
    const controller = new AbortController();
    const call = ask(name, "Hello [[sim:timeout]]", { signal: controller.signal });
    setTimeout(() => controller.abort(), 50);
    await expect(call).rejects.toMatchObject({ kind: "aborted" });
    await expect(ask(name, "Hello", { signal: controller.signal })).rejects.toMatchObject({
      kind: "aborted",
    });
  });
});

describe("the transport", () => {
  let server: Server;
  let port: number;

  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url?.startsWith("/drip")) {
        response.writeHead(200, { "content-type": "application/json" });
        const timer = setInterval(() => response.write(" "), 50);
        response.once("close", () => clearInterval(timer));
      } else if (request.url?.startsWith("/redirect")) {
        response.writeHead(307, { location: "http://127.0.0.1:1/elsewhere" }).end();
      } else if (request.url?.startsWith("/null")) {
        response.writeHead(200, { "content-type": "application/json" }).end("null");
      }
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    port = (server.address() as AddressInfo).port;
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const call = (path: string, timeoutMs = 5_000) => {
    const access = { apiKey: "sk-secret-key", baseUrl: `http://127.0.0.1:${port}/${path}` };
    return Promise.allSettled(
      [providerModules.openai.connect(access), providerModules.gemini.connect(access)].map((provider) =>
        provider.complete(
          {
            upstreamModel: "m",
            input: { model: "m", messages: [{ role: "user", content: "Hi" }] },
            maxOutputTokens: 5,
          },
          { signal: new AbortController().signal, timeoutMs },
        ),
      ),
    );
  };

  it("counts the time to the last byte, not to the first", async () => {
    expect(await call("drip", 400)).toMatchObject([
      { reason: { kind: "timeout" } },
      { reason: { kind: "timeout" } },
    ]);
  });

  it("never follows a redirect with our key", async () => {
    expect(await call("redirect")).toMatchObject([
      { reason: { kind: "connection" } },
      { reason: { kind: "connection" } },
    ]);
  });

  it("treats null as no answer", async () => {
    expect(await call("null")).toMatchObject([
      { reason: { kind: "invalid_response" } },
      { reason: { kind: "invalid_response" } },
    ]);
  });

  it("leaves every other fetch of the process alone", async () => {
    providerModules.gemini.connect({ apiKey: "k", baseUrl: "http://127.0.0.1:1" });
    const response = await fetch(`http://127.0.0.1:${port}/redirect`, { redirect: "manual" });
    expect(response.status).toBe(307);
  });

  it("says no more than the socket's code when nobody listens, and never the key", async () => {
    const provider = providerModules.openai.connect({
      apiKey: "sk-secret-key",
      baseUrl: "http://127.0.0.1:1/v1",
    });
    const error = await provider
      .complete(
        {
          upstreamModel: "m",
          input: { model: "m", messages: [{ role: "user", content: "Hi" }] },
          maxOutputTokens: 5,
        },
        { signal: new AbortController().signal, timeoutMs: 2_000 },
      )
      .catch((reason: unknown) => reason);
    expect(error).toMatchObject({ kind: "connection", publicCode: "provider_unavailable" });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain("sk-secret");
  });

  it("does not call without a key", async () => {
    const provider = providerModules.gemini.connect({ apiKey: undefined, baseUrl: "http://127.0.0.1:1" });
    await expect(
      provider.complete(
        {
          upstreamModel: "m",
          input: { model: "m", messages: [{ role: "user", content: "Hi" }] },
          maxOutputTokens: 5,
        },
        { signal: new AbortController().signal, timeoutMs: 2_000 },
      ),
    ).rejects.toMatchObject({ kind: "auth", publicCode: "provider_unavailable" });
  });
});
