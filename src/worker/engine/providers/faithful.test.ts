import {
  type ChatRequest,
  checkRequest,
  inferenceInputSchema,
  normalizeInput,
} from "@agathaai/core/inference";
import { findModel, listModels } from "@agathaai/core/models";
import { AppError } from "@agathaai/core/platform";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Simulator } from "../../../../infra/stand-ins/providers/serve";
import { byProvider, providerStandIns } from "../../../../infra/stand-ins/providers/stand-ins";
import { keyPrincipal } from "../../../../infra/testing/key-principal";
import { type Provider as Name, providerIds } from "../../../shared/providers";
import type { Provider } from "./provider";
import { providerModules } from "./registry";
import { arrivedNotes, type Body, given, joined } from "./testing/conversation-notes";
import { conversation } from "./testing/conversations";

/**
 * Whole conversations as clients send them, through our checks and over the wire to each provider's stand-in, which is as strict
 * as the provider: what arrives means what was given, or our checks refused it by name. No provider refuses what they let pass.
 */

/** Of each provider, and of each way in which its models are asked. */
const models: [string, Name][] = [
  ["gpt-4o", "openai"],
  ["openai/gpt-6-sol", "openai"],
  ["gpt-6.2-sol", "openai"],
  ["gemini-3.8-flash", "gemini"],
  ["gemini-pro", "gemini"],
  ["deepseek-flash", "deepseek"],
  ["deepseek-v4-pro", "deepseek"],
];

/** DeepSeek's models take other conversations while they think. */
const effort = fc.constantFrom(undefined, undefined, "low" as const);

/** A provider that stands nowhere above is asked for its first chat model. */
const first = providerIds.flatMap((id): [string, Name][] => {
  const model = listModels().data.find(({ provider, kind }) => provider === id && kind === "chat");
  return model === undefined || models.some(([, provider]) => provider === id) ? [] : [[model.id, id]];
});

const arrived: Partial<Record<Name, Body>> = {};
let simulators: Simulator[];
let providers: Record<Name, Provider>;

beforeAll(async () => {
  const started = await Promise.all(
    providerIds.map((id) =>
      providerStandIns[id].start({
        port: 0,
        onRequest: (body) => {
          arrived[id] = body as Body;
        },
      }),
    ),
  );
  simulators = started;
  providers = byProvider((id) => {
    const url = `${started[providerIds.indexOf(id)]?.url}${providerStandIns[id].path}`;
    return providerModules[id].connect({ apiKey: "sk-test-key-of-the-platform", baseUrl: url });
  });
});

afterAll(() => Promise.all(simulators.map((simulator) => simulator.stop())));

const principal = keyPrincipal();

/** Our checks, then the provider; undefined where our checks refused. */
async function send(wire: object, name: Name, model: string): Promise<ChatRequest | undefined> {
  const parsed = inferenceInputSchema.safeParse({ ...wire, model });
  expect(parsed.error?.issues).toBeUndefined();
  if (!parsed.success) return undefined;
  const input = normalizeInput(parsed.data);
  const served = findModel(input.model);
  try {
    checkRequest(input, served, principal);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(error.param).toMatch(
      /^(messages|tools|tool_choice|response_format|temperature|reasoning_effort|stop|seed)/,
    );
    return undefined;
  }
  await providers[name].complete(
    { upstreamModel: served.upstreamModel, input, maxOutputTokens: 500 },
    { signal: new AbortController().signal, timeoutMs: 10_000 },
  );
  return input;
}

describe.each([...models, ...first])("%s", (model, name) => {
  it("receives every word, call and result in its place, or the request is refused by name", async () => {
    let passed = 0;
    await fc.assert(
      fc.asyncProperty(conversation, effort, async (wire, reasoning_effort) => {
        const input = await send({ ...wire, ...(reasoning_effort && { reasoning_effort }) }, name, model);
        const body = arrived[name];
        if (input === undefined || body === undefined) return;
        passed += 1;
        const names = (body.tools ?? [])
          .flatMap((tool) => tool.functionDeclarations ?? [tool.function ?? { name: tool.name ?? "" }])
          .map((declared) => declared?.name ?? "");
        expect(new Set(names).size).toBe(names.length);
        const original = (there: string) =>
          input.tools?.[names.indexOf(there)]?.function.name ?? `unknown ${there}`;
        expect(joined(arrivedNotes(body, input, original))).toEqual(joined(given(input)));
      }),
      // A model that always thinks takes fewer parameters, so our checks refuse more.
      { numRuns: model === "gpt-6.2-sol" ? 200 : 100, endOnFailure: true },
    );
    expect(passed).toBeGreaterThan(15);
  }, 60_000);

  it("takes a function without parameters, in every way of writing that", async () => {
    for (const none of [undefined, null, {}, { type: "object" }, { type: "object", properties: {} }]) {
      const tools = [{ type: "function", function: { name: "1_now", parameters: none } }];
      const input = await send(
        { messages: [{ role: "user", content: "Hi" }], tools, tool_choice: "required" },
        name,
        model,
      );
      expect(input).toBeDefined();
    }
  });
});

describe("a tool call of Gemini", () => {
  it("goes back with its id and signature, whatever a client keeps of it, and to another provider with a short id", async () => {
    const tools = [
      {
        type: "function" as const,
        function: { name: "2nd", parameters: { type: "object", properties: { a: { type: "integer" } } } },
      },
    ];
    const first = await providers.gemini.complete(
      {
        upstreamModel: "gemini-3.8-flash",
        input: { model: "m", messages: [{ role: "user", content: "Go" }], tools, tool_choice: "required" },
        maxOutputTokens: 500,
      },
      { signal: new AbortController().signal, timeoutMs: 10_000 },
    );
    const [call] = first.toolCalls;
    expect(call?.function.name).toBe("2nd");
    const echoed = { id: call?.id, type: "function", function: call?.function };
    const messages = [
      { role: "user", content: "Go" },
      { role: "assistant", content: "", tool_calls: [echoed] },
      { role: "tool", tool_call_id: call?.id, content: "done" },
    ];
    // The simulator refuses a signature that is not its own, for this id and model.
    expect(await send({ messages, tools }, "gemini", "gemini-3.8-flash")).toBeDefined();
    const [part] = arrived.gemini?.contents[1]?.parts ?? [];
    expect(part?.thoughtSignature).toMatch(/^[A-Za-z0-9+/=]{200,}$/);
    expect(arrived.gemini?.contents[2]?.parts[0]?.functionResponse?.id).toBe(part?.functionCall?.id);
    expect(call?.id).not.toBe(part?.functionCall?.id);
    // Another model of Google's cannot read it.
    expect(await send({ messages, tools }, "gemini", "gemini-4-argon")).toBeDefined();
    expect(arrived.gemini?.contents[1]?.parts[0]?.thoughtSignature).toBe("skip_thought_signature_validator");
    expect(await send({ messages, tools }, "openai", "gpt-4o")).toBeDefined();
    expect(arrived.openai?.messages[1]?.tool_calls?.[0]?.id.length).toBeLessThanOrEqual(40);
  });
});
