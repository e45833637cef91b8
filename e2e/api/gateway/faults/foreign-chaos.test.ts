import { LLMock } from "@copilotkit/aimock";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { standInsEnv } from "../../../../infra/stand-ins/providers/stand-ins";
import { startTestProcesses } from "../../../../infra/testing/processes/start-test-processes";
import { until } from "../../../../infra/testing/until";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import type { Provider } from "../../../../src/shared/providers";
import { assemble, chunksOf, eventsOf } from "../../../support/chat-stream";
import { type Api, expectRefusal, openApi, type Reply } from "../../../support/client";
import { heldMicros, heldTokens, ledgerRow } from "../../../support/ledger";
import { customer, makeKey } from "../../../support/people";

/** Providers that were written elsewhere (@copilotkit/aimock), with their own ideas of chaos, behind the real server. */

const stack = await useTestStack();
const mocks: Record<Provider, LLMock> = {
  openai: new LLMock({ port: 0, chunkSize: 3 }),
  gemini: new LLMock({ port: 0, chunkSize: 3 }),
  deepseek: new LLMock({ port: 0, chunkSize: 3 }),
};
const everyMock = Object.values(mocks);
let api: Api;
let key: string;

const SAID = "Grüß Gott, 漢字 und 🪨!";
const LONG = "word ".repeat(200).trim();
const statuses = [400, 401, 404, 429, 500, 503, 529] as const;

beforeAll(async () => {
  for (const mock of everyMock) {
    const usage = {
      ...{ prompt_tokens: 21, completion_tokens: 9, input_tokens: 21, output_tokens: 9 },
      total_tokens: 30,
    };
    mock.onMessage("agate", { content: SAID, usage });
    mock.onMessage("broken", { content: LONG, usage }, { truncateAfterChunks: 20, latency: 3 });
    mock.onEmbedding("agate", { embedding: [0.6, 0.8] });
    for (const status of statuses) {
      const refusal = { error: { message: "sk-of-the-provider said no", type: "mock_error" }, status };
      mock.onMessage(`status ${status}`, refusal);
      mock.onEmbedding(`status ${status}`, refusal);
    }
    await mock.start();
  }
  const env = {
    ...standInsEnv((id) => mocks[id].url),
    ...{ PROVIDER_TIMEOUT_MS: "3000", PROVIDER_IDLE_TIMEOUT_MS: "3000", PROVIDER_TOTAL_TIMEOUT_MS: "8000" },
  };
  api = await openApi(await startTestProcesses({ server: true, env }));
  key = await makeKey(api, await customer(api, stack));
});
afterAll(() => Promise.all(everyMock.map((mock) => mock.stop())));

interface Way {
  name: string;
  provider: Provider;
  model: string;
  /** Who answers instead; an embedding has nobody. */
  next?: string;
  path?: string;
  stream?: boolean;
  more?: object;
}

const tools = [{ type: "function", function: { name: "weather", parameters: { type: "object" } } }];
const chats: Way[] = [
  { name: "OpenAI's chat", provider: "openai", model: "gpt-4o", next: "deepseek-flash" },
  {
    ...{ name: "OpenAI's Responses API", provider: "openai", model: "gpt-6.2-sol", next: "deepseek-flash" },
    more: { tools },
  },
  { name: "Gemini's REST API", provider: "gemini", model: "gemini-3.8-flash", next: "gpt-4o" },
  { name: "DeepSeek's chat", provider: "deepseek", model: "deepseek-flash", next: "gemini-3.8-flash" },
];
const embeddings: Way = {
  ...{ name: "OpenAI's embeddings", provider: "openai", model: "text-embedding-3-small" },
  path: "/v1/embeddings",
};
const ways: Way[] = [
  ...chats.map((way) => ({ ...way, stream: false })),
  ...chats.map((way) => ({ ...way, name: `${way.name}, streaming`, stream: true })),
  embeddings,
];
const streams = ways.filter(({ stream }) => stream);

function call(way: Way, prompt: string, { fallback = false } = {}): Promise<Reply> {
  const { model, path = "/v1/chat/completions", stream = false, more } = way;
  const body =
    way.path !== undefined
      ? { model, input: prompt }
      : {
          ...{ model, stream, max_tokens: 400, messages: [{ role: "user", content: prompt }], ...more },
          ...(fallback && { models: [way.next] }),
          ...(stream && { stream_options: { include_usage: true } }),
        };
  return api.post(path, { as: key, body });
}

/** The whole answer of who answers well. */
function expectAnswer(way: Way, { status, text, json }: Reply): void {
  expect(status, `${way.name}: ${text}`).toBe(200);
  if (way.path !== undefined) expect(json.data, way.name).toHaveLength(1);
  else if (way.stream)
    expect(assemble(chunksOf(text))[0], way.name).toMatchObject({ content: SAID, finishReason: "stop" });
  else expect(json.choices[0], way.name).toMatchObject({ message: { content: SAID }, finish_reason: "stop" });
}

async function expectPaid(way: Way, reply: Reply): Promise<void> {
  const row = await ledgerRow(reply.headers.get("x-agatha-id") ?? "");
  expect(row, way.name).toMatchObject({ status: "completed", billable: true });
  if (way.path === undefined)
    expect(row, way.name).toMatchObject({ input_tokens: "21", output_tokens: "9", estimated: false });
}

async function expectUnpaid(way: Way, reply: Reply): Promise<void> {
  const row = await ledgerRow(reply.headers.get("x-agatha-id") ?? "");
  expect(row, way.name).toMatchObject({ status: "failed", billable: false, cost_micros: "0" });
  expect(reply.text, way.name).not.toMatch(/sk-of-the-provider|chaos/i);
}

const callAll = (all: readonly Way[], prompt: string, options?: { fallback: boolean }) =>
  Promise.all(all.map(async (way) => ({ way, reply: await call(way, prompt, options) })));

afterEach(async () => {
  for (const mock of everyMock) mock.clearChaos();
  // Well again, and known to be: what a failed call held is back, and the next test finds no open circuit.
  for (const { way, reply } of await callAll(ways, "Moss agate")) {
    expectAnswer(way, reply);
    await expectPaid(way, reply);
  }
  await expect
    .poll(async () => [await heldTokens(), await heldMicros()], { timeout: 15_000 })
    .toEqual([0, 0]);
});

const chaoses = [
  { chaos: "drops requests", config: { dropRate: 1 }, status: [502], code: /^provider_error$/ },
  {
    chaos: "closes connections",
    config: { disconnectRate: 1 },
    status: [503],
    code: /^provider_unavailable$/,
  },
  // Of a stream it is one that ends without an event.
  {
    chaos: "answers nonsense",
    config: { malformedRate: 1 },
    status: [502, 503],
    code: /^provider_(error|unavailable)$/,
  },
  { chaos: "limits its caller", config: { rateLimitRate: 1 }, status: [503], code: /^provider_unavailable$/ },
  { chaos: "takes half a minute", config: { latencyMs: 30_000 }, status: [504], code: /^provider_timeout$/ },
] as const;

describe.each(chaoses)("a foreign provider that $chaos", ({ config, status, code }) => {
  it("is an honest, unbilled error by every API of it, in OpenAI's shape", async () => {
    for (const mock of everyMock) mock.setChaos(config);
    for (const { way, reply } of await callAll(ways, "Moss agate")) {
      expect(status, `${way.name}: ${reply.text}`).toContain(reply.status);
      expect(reply.json.error.code, way.name).toMatch(code);
      expectRefusal(reply, reply.status, reply.json.error.code);
      expect(reply.headers.get("x-should-retry"), way.name).not.toBe("false");
      await expectUnpaid(way, reply);
    }
  }, 60_000);

  it.each(["openai", "gemini", "deepseek"] as const)(
    "costs a caller with a fallback nothing but time, where it is %s",
    async (provider) => {
      mocks[provider].setChaos(config);
      const own = ways.filter((way) => way.provider === provider && way.path === undefined);
      for (const { way, reply } of await callAll(own, "Moss agate", { fallback: true })) {
        expectAnswer(way, reply);
        expect(reply.headers.get("x-agatha-model"), way.name).toBe(way.next);
        await expectPaid(way, reply);
      }
    },
    60_000,
  );
});

it("a foreign provider that is late, and not too late, is waited for", async () => {
  for (const mock of everyMock) mock.setChaos({ latencyMs: 400 });
  for (const { way, reply } of await callAll(ways, "Moss agate")) expectAnswer(way, reply);
});

it.each(statuses)(
  "a foreign provider's status %i is one of ours, says nothing of its own, and costs nothing",
  async (status) => {
    for (const { way, reply } of await callAll(ways, `status ${status}`)) {
      expect(reply.status, `${way.name}: ${reply.text}`).toBe(status === 500 || status === 400 ? 502 : 503);
      expectRefusal(reply, reply.status, reply.json.error.code);
      expect(reply.headers.get("x-should-retry"), way.name).toBe(status === 400 ? "false" : null);
      await expectUnpaid(way, reply);
    }
  },
);

it("a foreign provider that breaks off in the middle of a stream is an error in the stream, without [DONE]", async () => {
  for (const { way, reply } of await callAll(streams, "broken")) {
    expect(reply.status, way.name).toBe(200);
    const { error } = JSON.parse((eventsOf(reply.text).at(-1) ?? "").replace(/^data: /, ""));
    expect(error, way.name).toMatchObject({ code: expect.stringMatching(/^provider_/) });
    expect(reply.text, way.name).toContain('"content":"wor');
    expect(reply.text, way.name).not.toContain("[DONE]");
    await expectUnpaid(way, reply);
  }
});

it("each call asks a foreign provider once", async () => {
  for (const mock of everyMock) mock.clearRequests();
  await callAll(ways, "Moss agate");
  await until(() => everyMock.reduce((sum, mock) => sum + mock.getRequests().length, 0) === ways.length);
});
