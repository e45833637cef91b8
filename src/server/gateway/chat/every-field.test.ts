import { inferenceInputSchema, outputLimit, readRequest } from "@agathaai/core/inference";
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
import { fields, models, tool } from "./testing/fields";

/**
 * Every field of `testing/fields.ts`, by each way and to each provider's stand-in.
 */

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
  const { input, check, notSent } = readRequest(parsed.data);
  const model = findModel(input.model, at);
  check(model, principal);
  await sdks[model.provider].complete(
    { upstreamModel: model.upstreamModel, input, maxOutputTokens: outputLimit(input, model) },
    { signal: new AbortController().signal, timeoutMs: 5_000 },
  );
  return { body: arrived[model.provider], named: notSent(model), kept: input };
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
