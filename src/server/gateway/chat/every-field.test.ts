import {
  checkRequest,
  inferenceInputSchema,
  normalizeInput,
  notSentOf,
  outputLimit,
} from "@agathaai/core/inference";
import { findModel } from "@agathaai/core/models";
import { AppError, type KeyPrincipal } from "@agathaai/core/platform";
import { createLiveEngine, type LiveEngine } from "@agathaai/worker/engine/live/live-engine";
import type { Provider as SdkProvider } from "@agathaai/worker/engine/providers/provider";
import { providerModules } from "@agathaai/worker/engine/providers/registry";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Provider, providerIds } from "@/shared/providers";
import type { Simulator } from "../../../../infra/stand-ins/providers/serve";
import { byProvider, providerStandIns, standInEnv } from "../../../../infra/stand-ins/providers/stand-ins";
import { describeInvalid } from "../../errors/describe-invalid";
import { readChatInput } from "./chat-input";
import { prepareChat } from "./prepare-chat";

/**
 * Every field that clients of OpenAI send, by each way and to each provider's stand-in: it is in the request that the
 * provider got, or kept by us, or the answer's header names it, or the call was refused with it in `param`.
 */

type Column = "openai" | "responses" | "gemini" | "deepseek";
const models: Record<Column, string> = {
  openai: "gpt-4o",
  responses: "gpt-6.2-sol",
  gemini: "gemini-3.8-flash",
  deepseek: "deepseek-flash",
};

/** A path in the provider's request that must hold something; the rest as the header above says. */
type Handling = `sent ${string}` | "refused" | "named" | "kept";
interface Field {
  name: string;
  body: Record<string, unknown>;
  /** In this order: OpenAI by Chat Completions, by its Responses API, Gemini, DeepSeek. */
  v1: [Handling, Handling, Handling, Handling];
  queue: [Handling, Handling, Handling, Handling];
}

const schema = {
  type: "object",
  properties: { place: { type: "string" } },
  required: ["place"],
  additionalProperties: false,
};
const tool = { type: "function", function: { name: "get_weather", parameters: schema } };
const url =
  "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
const image = [{ role: "user", content: [{ type: "image_url", image_url: { url } }] }];
const refused: Field["v1"] = ["refused", "refused", "refused", "refused"];

const fields: readonly Field[] = [
  { name: "n", body: { n: 2 }, v1: ["sent n", "refused", "refused", "refused"], queue: refused },
  {
    name: "logprobs",
    body: { logprobs: true },
    v1: ["sent logprobs", "refused", "refused", "sent logprobs"],
    queue: refused,
  },
  {
    name: "response_format",
    body: { response_format: { type: "json_schema", json_schema: { name: "w", schema, strict: true } } },
    ...both(
      "sent response_format.json_schema.schema",
      "sent text.format.schema",
      "sent generationConfig.responseMimeType",
      "refused",
    ),
  },
  {
    name: "tools",
    body: { tools: [tool] },
    ...both(
      "sent tools.0.function",
      "sent tools.0.name",
      "sent tools.0.functionDeclarations",
      "sent tools.0.function",
    ),
  },
  {
    name: "tools[].function.strict",
    body: { tools: [{ ...tool, function: { ...tool.function, strict: true } }] },
    ...both("sent tools.0.function.strict", "sent tools.0.strict", "named", "named"),
  },
  {
    name: "messages",
    body: { messages: image },
    ...both(
      "sent messages.0.content.0.image_url",
      "sent input.0.content.0.image_url",
      "sent contents.0.parts.0.inlineData",
      "sent messages.0.content.0.image_url",
    ),
  },
  {
    name: "max_completion_tokens",
    body: { max_completion_tokens: 64 },
    ...both(
      "sent max_tokens",
      "sent max_output_tokens",
      "sent generationConfig.maxOutputTokens",
      "sent max_tokens",
    ),
  },
  {
    name: "stop",
    body: { stop: ["END"] },
    ...both("sent stop", "refused", "sent generationConfig.stopSequences", "sent stop"),
  },
  {
    name: "seed",
    body: { seed: 7 },
    v1: ["sent seed", "refused", "sent generationConfig.seed", "refused"],
    queue: ["sent seed", "refused", "sent generationConfig.seed", "named"],
  },
  {
    name: "user",
    body: { user: "ada" },
    v1: ["sent user", "sent user", "named", "named"],
    queue: ["named", "named", "named", "named"],
  },
  {
    name: "reasoning_effort",
    body: { reasoning_effort: "low" },
    v1: ["refused", "sent reasoning.effort", "sent generationConfig.thinkingConfig", "sent reasoning_effort"],
    queue: [
      "named",
      "sent reasoning.effort",
      "sent generationConfig.thinkingConfig",
      "sent reasoning_effort",
    ],
  },
  {
    name: "thinking",
    body: { thinking: { type: "enabled" } },
    v1: ["refused", "refused", "refused", "sent thinking"],
    queue: refused,
  },
  {
    name: "service_tier",
    body: { service_tier: "priority" },
    v1: ["sent service_tier", "sent service_tier", "refused", "refused"],
    queue: refused,
  },
  {
    name: "store",
    body: { store: true },
    v1: ["kept", "kept", "kept", "kept"],
    queue: ["named", "named", "named", "named"],
  },
  {
    name: "metadata",
    body: { store: true, metadata: { team: "search" } },
    ...both("kept", "kept", "kept", "kept"),
  },
  {
    name: "prediction",
    body: { prediction: { type: "content", content: "Agate" } },
    v1: ["sent prediction", "refused", "refused", "refused"],
    queue: refused,
  },
  {
    name: "parallel_tool_calls",
    body: { tools: [tool], parallel_tool_calls: false },
    // Gemini and DeepSeek have no such switch: of several calls the first is kept (`withinCalls`).
    ...both("sent parallel_tool_calls", "sent parallel_tool_calls", "sent tools", "sent tools"),
  },
];

function both(...handlings: Field["v1"]): Pick<Field, "v1" | "queue"> {
  return { v1: handlings, queue: handlings };
}

const arrived: Partial<Record<Provider, unknown>> = {};
let simulators: Simulator[];
let engine: LiveEngine;
let sdks: Record<Provider, SdkProvider>;

beforeAll(async () => {
  simulators = await Promise.all(
    providerIds.map((id) =>
      providerStandIns[id].start({
        port: 0,
        latency: { baseMs: 0, perTokenMs: 0 },
        onRequest: (body) => {
          arrived[id] = body;
        },
      }),
    ),
  );
  const env = Object.assign({}, ...providerIds.map((id, at) => standInEnv(id, simulators[at]?.url ?? "")));
  engine = createLiveEngine({ ...env, PROVIDER_TIMEOUT_MS: 5_000 }, {});
  const connect = (id: Provider) =>
    providerModules[id].connect({
      apiKey: "sk-local-simulator",
      baseUrl: `${simulators[providerIds.indexOf(id)]?.url}${providerStandIns[id].path}`,
    });
  sdks = byProvider(connect);
});
afterAll(async () => {
  await engine.close();
  await Promise.all(simulators.map((simulator) => simulator.stop()));
});

const principal: KeyPrincipal = {
  kind: "key",
  orgId: "o",
  apiKeyId: "k",
  spendId: "k",
  userId: null,
  plan: "pro",
  requestsPerMinute: 100,
  environment: "live",
  scopes: new Set(),
  models: [],
  rpmLimit: null,
};
const at = new Date("2026-11-27T00:00:00Z");

interface Told {
  /** What the provider got. */
  body: unknown;
  /** Named in the answer's `x-agatha-not-sent`. */
  named: readonly string[];
  /** What the history keeps of it. */
  kept: unknown;
}

async function byV1(body: object): Promise<Told> {
  const given = readChatInput(body);
  const prepared = prepareChat(given, {
    principal,
    headers: { fallback: true, maxCostMicros: undefined },
    at,
  });
  const [target] = prepared.targets;
  const { input } = prepared;
  const head = { id: "chatcmpl-1", created: 1, model: "m" };
  const outcome = await new Promise<{ result: string }>((end) => {
    engine.start(
      { targets: prepared.targets, input, head, stream: false, includeUsage: false },
      { answering: () => {}, frames: () => {}, end },
    );
  });
  expect(outcome.result).toBe("completed");
  return { body: arrived[target.model.provider], named: target.notSent ?? [], kept: prepared.toStore };
}

async function byQueue(body: object): Promise<Told> {
  const parsed = inferenceInputSchema.safeParse(body);
  if (!parsed.success) throw describeInvalid(parsed.error);
  const input = normalizeInput(parsed.data);
  const model = findModel(input.model, at);
  checkRequest(input, model, principal);
  await sdks[model.provider].complete(
    { upstreamModel: model.upstreamModel, input, maxOutputTokens: outputLimit(input, model) },
    { signal: new AbortController().signal, timeoutMs: 5_000 },
  );
  return { body: arrived[model.provider], named: notSentOf(parsed.data, model), kept: input };
}

function valueAt(body: unknown, path: string): unknown {
  return path.split(".").reduce<unknown>((value, name) => {
    if (typeof value !== "object" || value === null) return undefined;
    return Object.entries(value).find(([key]) => key === name)?.[1];
  }, body);
}

const cases = fields.flatMap(({ name, body, v1, queue }) =>
  (["openai", "responses", "gemini", "deepseek"] as const).flatMap((column, index) => [
    { name, body, column, way: "/v1", send: byV1, handling: v1[index] ?? "refused" },
    { name, body, column, way: "the queue", send: byQueue, handling: queue[index] ?? "refused" },
  ]),
);

describe("a field is honored, kept, named or refused, and never dropped in silence", () => {
  it.each(cases)("$name to $column by $way: $handling", async ({ name, body, column, send, handling }) => {
    const messages = [{ role: "user", content: "Which stone is it?" }];
    // Tools while it reasons are what takes a call to OpenAI's Responses API.
    const through = column === "responses" ? { tools: [tool] } : {};
    const whole = { model: models[column], messages, ...through, ...body };
    delete arrived[findModel(models[column], at).provider];
    if (handling === "refused") {
      const refusal: unknown = await send(whole).then(
        () => "was not refused",
        (error: unknown) => error,
      );
      expect(refusal).toBeInstanceOf(AppError);
      expect((refusal as AppError).param).toMatch(new RegExp(`^${name}`));
      expect(arrived[findModel(models[column], at).provider], "nothing was sent").toBeUndefined();
      return;
    }
    const told = await send(whole);
    if (handling === "named") expect(told.named).toContain(name);
    else if (handling === "kept")
      expect(JSON.stringify(told.kept)).toContain(name === "store" ? "input" : "search");
    else {
      expect(valueAt(told.body, handling.slice("sent ".length)), JSON.stringify(told.body)).toBeDefined();
      expect(told.named).not.toContain(name);
    }
  });
});
