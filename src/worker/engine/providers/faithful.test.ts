import {
  type ChatRequest,
  checkRequest,
  inferenceInputSchema,
  normalizeInput,
} from "@agathaai/core/inference";
import { findModel } from "@agathaai/core/models";
import { AppError } from "@agathaai/core/platform/errors";
import type { KeyPrincipal } from "@agathaai/core/platform/principal";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startGeminiSimulator } from "../../../../infra/stand-ins/providers/gemini/gemini";
import { startOpenAiSimulator } from "../../../../infra/stand-ins/providers/openai/openai";
import type { Simulator } from "../../../../infra/stand-ins/providers/serve";
import type { Provider } from "./provider";
import { providerModules } from "./registry";

/**
 * Whole conversations as clients send them, through the door and over the wire to each maker, as strict as the makers
 * are: what arrives means what was given, or the door has refused it by name. No maker refuses what the door let pass.
 */

type Name = "openai" | "deepseek" | "gemini";
const models: [string, Name][] = [
  ["gpt-4o", "openai"],
  ["openai/gpt-6-sol", "openai"],
  ["gemini-3.8-flash", "gemini"],
  ["gemini-pro", "gemini"],
  ["deepseek-flash", "deepseek"],
  ["deepseek-v4-pro", "deepseek"],
];

const arrived: Partial<Record<Name, Body>> = {};
let simulators: Simulator[];
let providers: Record<Name, Provider>;

beforeAll(async () => {
  const onRequest = (name: Name) => (body: unknown) => {
    arrived[name] = body as Body;
  };
  const openai = await startOpenAiSimulator({ port: 0, onRequest: onRequest("openai") });
  const deepseek = await startOpenAiSimulator({
    port: 0,
    flavour: "deepseek",
    onRequest: onRequest("deepseek"),
  });
  const gemini = await startGeminiSimulator({ port: 0, onRequest: onRequest("gemini") });
  simulators = [openai, deepseek, gemini];
  const apiKey = "sk-test-key-of-the-platform";
  providers = {
    openai: providerModules.openai.connect({ apiKey, baseUrl: `${openai.url}/v1` }),
    deepseek: providerModules.deepseek.connect({ apiKey, baseUrl: deepseek.url }),
    gemini: providerModules.gemini.connect({ apiKey, baseUrl: gemini.url }),
  };
});

afterAll(() => Promise.all(simulators.map((simulator) => simulator.stop())));

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

interface Part {
  text?: string;
  type?: string;
  inlineData?: unknown;
  fileData?: unknown;
  thoughtSignature?: string;
  functionCall?: { id: string; name: string; args: unknown };
  functionResponse?: { id: string; name: string; response: Record<string, unknown> };
}
/** As much of either protocol as is looked at here. */
interface Body {
  messages: {
    role: string;
    content: string | Part[] | null;
    name?: string;
    tool_call_id?: string;
    tool_calls?: { id: string; function: { name: string; arguments: string } }[];
  }[];
  contents: { role: string; parts: Part[] }[];
  systemInstruction?: { parts: Part[] };
  tools?: { function?: { name: string }; functionDeclarations?: { name: string }[] }[];
}

/** The door, then the maker; undefined where the door refused. */
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
      /^(messages|tools|tool_choice|response_format|temperature|reasoning_effort|stop)/,
    );
    return undefined;
  }
  await providers[name].complete(
    { upstreamModel: served.upstreamModel, input, maxOutputTokens: 500 },
    { signal: new AbortController().signal, timeoutMs: 10_000 },
  );
  return input;
}

// What was given, and what arrived, in one notation: who says what, in order.

const GREAT = /(?<=[:,[ ])-?\d{16,}(?=[,}\] ])/g;
/** Digit for digit, whether a number or its text. */
const exact = (json: string) => JSON.stringify(JSON.parse(json.replace(GREAT, '"$&"')));

function given({ messages }: ChatRequest): string[] {
  const notes: string[] = [];
  const results = new Map<string, { name: string; at: number }>();
  for (const message of messages) {
    if (message.role === "tool") {
      const call = results.get(message.tool_call_id);
      if (call) notes[call.at] = `result ${call.name} ${resultNote(plainText(message.content))}`;
      continue;
    }
    const parts =
      typeof message.content === "string"
        ? [{ type: "text" as const, text: message.content }]
        : (message.content ?? []);
    const said = parts
      .map((part) => (part.type === "text" ? part.text : "(image)"))
      .filter((text) => text !== "");
    const side = message.role === "assistant" ? "assistant" : message.role === "user" ? "user" : "system";
    if (said.length > 0) notes.push(`${side}: ${said.join(" ")}`);
    if (message.role !== "assistant") continue;
    const calls = message.tool_calls ?? [];
    for (const { function: called } of calls)
      notes.push(`call ${called.name} ${exact(called.arguments || "{}")}`);
    for (const { id, function: called } of calls)
      results.set(id, { name: called.name, at: notes.push("") - 1 });
  }
  return notes;
}

const plainText = (content: string | { text: string }[]) =>
  typeof content === "string"
    ? content
    : content
        .map(({ text }) => text)
        .filter(Boolean)
        .join("\n\n");
const resultNote = (text: string) => (/^\{.*\}$/s.test(text) ? exact(text) : text);

function viaChat(body: Body, own: number, original: (name: string) => string): string[] {
  const notes: string[] = [];
  const results = new Map<string, { name: string; at: number }>();
  for (const message of body.messages.slice(own)) {
    if (message.role === "tool") {
      const call = results.get(message.tool_call_id ?? "");
      if (call) notes[call.at] = `result ${call.name} ${resultNote(plainText(message.content as string))}`;
      continue;
    }
    const parts = typeof message.content === "string" ? [{ text: message.content }] : (message.content ?? []);
    const side = { assistant: "assistant", user: "user" }[message.role] ?? "system";
    const said = parts.map((part) => part.text ?? "(image)").filter((text) => text !== "");
    if (said.length > 0) notes.push(`${side}: ${said.join(" ").replaceAll("\n\n", " ")}`);
    const calls = message.tool_calls ?? [];
    for (const { function: called } of calls)
      notes.push(`call ${original(called.name)} ${exact(called.arguments)}`);
    for (const { id, function: called } of calls)
      results.set(id, { name: original(called.name), at: notes.push("") - 1 });
  }
  return notes;
}

function viaGemini(body: Body, original: (name: string) => string): string[] {
  const notes = (body.systemInstruction?.parts ?? []).map((part) => `system: ${part.text}`);
  for (const { role, parts } of body.contents) {
    for (const part of parts) {
      if (part.functionCall)
        notes.push(`call ${original(part.functionCall.name)} ${JSON.stringify(part.functionCall.args)}`);
      else if (part.functionResponse) {
        const { name, response } = part.functionResponse;
        const text = Object.keys(response).join() === "result" ? response.result : undefined;
        notes.push(`result ${original(name)} ${typeof text === "string" ? text : JSON.stringify(response)}`);
      } else {
        const text = part.text ?? "(image)";
        const later = /^System instruction: (.*)$/s.exec(text)?.[1];
        notes.push(
          later !== undefined ? `system: ${later}` : `${role === "model" ? "assistant" : "user"}: ${text}`,
        );
      }
    }
  }
  return notes;
}

/** Neighboring words of one side are one saying: makers differ in how they cut it. */
function joined(notes: readonly string[]): string[] {
  const result: string[] = [];
  for (const note of notes) {
    const side = /^(system|user|assistant): /.exec(note)?.[0];
    const last = result.at(-1);
    if (side && last?.startsWith(side))
      result[result.length - 1] = `${last} ${note.slice(side.length)}`.replaceAll("\n\n", " ");
    else result.push(note.replaceAll("\n\n", " "));
  }
  return result;
}

// Conversations as clients send them.

const word = fc.stringMatching(/^[a-z]{1,8}$/);
const great = fc
  .bigInt({ min: 2n ** 53n + 1n, max: 2n ** 70n })
  .map((value) => `${value % 2n === 0n ? value + 1n : value}`);
const member = fc.oneof(
  word.map((text) => JSON.stringify(text)),
  fc.integer({ min: -999, max: 999 }).map(String),
  great,
  fc.constantFrom("null", "true", "[]", "{}"),
);
const objectText = fc
  .uniqueArray(word, { maxLength: 3 })
  .chain((keys) => fc.tuple(...keys.map((key) => member.map((value) => `${JSON.stringify(key)}: ${value}`))))
  .map((members) => `{${members.join(", ")}}`);
const toolName = fc.oneof(
  word,
  fc.constantFrom("1st", "_1st", "-dash", "9", "_9", "x".repeat(64), `7${"y".repeat(63)}`, "a-b_c"),
);
const callId = fc.oneof(
  word,
  fc.string({ minLength: 41, maxLength: 300, unit: "grapheme-ascii" }),
  fc.constant("call_0"),
);
const echo = fc.constantFrom(
  {},
  { refusal: null, annotations: [], audio: null, function_call: null },
  { name: null },
);

const turn = (names: readonly string[]) =>
  fc.oneof(
    word.map((text) => [{ role: "user", content: text }]),
    fc.tuple(word, word).map(([a, b]) => [
      {
        role: "user",
        content: [
          { type: "text", text: a },
          { type: "text", text: "" },
          { type: "text", text: b },
        ],
      },
    ]),
    fc.tuple(word, echo).map(([text, extra]) => [{ role: "assistant", content: text, ...extra }]),
    fc.tuple(fc.constantFrom("system", "developer"), word).map(([role, text]) => [{ role, content: text }]),
    calls(names),
    calls(names),
  );

/** Calls at once, and their results in any order. */
function calls(names: readonly string[]) {
  const call = fc.record({
    id: callId,
    name: fc.constantFrom(...names),
    args: fc.oneof({ weight: 9, arbitrary: objectText }, fc.constant("")),
    result: fc.oneof(objectText, word, fc.constantFrom("", "[1, 2]")),
  });
  return fc
    .record({
      calls: fc.uniqueArray(call, { minLength: 1, maxLength: 4, selector: ({ id }) => id }),
      order: fc.array(fc.nat(), { minLength: 4, maxLength: 4 }),
      content: fc.constantFrom("", null, "let me see"),
      extra: echo,
    })
    .map(({ calls: made, order, content, extra }) => [
      {
        role: "assistant",
        content,
        ...extra,
        tool_calls: made.map(({ id, name, args }) => ({
          id,
          type: "function",
          function: { name, arguments: args },
        })),
      },
      ...made
        .map(({ id, result }, index) => ({
          rank: order[index] ?? 0,
          message: { role: "tool", tool_call_id: id, content: result },
        }))
        .sort((a, b) => a.rank - b.rank)
        .map(({ message }) => message),
    ]);
}

const parameters = fc.constantFrom(
  undefined,
  null,
  {},
  { type: "object" },
  { type: "object", properties: {} },
  { properties: { city: { type: "string", minLength: 1, pattern: "^x" } }, required: ["city"] },
  {
    $schema: "x",
    type: "object",
    properties: { a: { anyOf: [{ const: 1 }, { type: "null" }] } },
    additionalProperties: false,
  },
  { $ref: "#/$defs/a", $defs: { a: { type: "object", properties: { next: { $ref: "#/$defs/a" } } } } },
  { allOf: [{ type: "object", properties: { a: {} } }, { properties: { b: {} } }] },
  {
    anyOf: [
      { type: "object", properties: { a: {} } },
      { type: "object", properties: { b: {} } },
    ],
  },
);
const conversation = fc.uniqueArray(toolName, { minLength: 1, maxLength: 5 }).chain((names) =>
  fc.record(
    {
      messages: fc
        .tuple(fc.array(turn(names), { maxLength: 5 }), word)
        .map(([turns, last]) => [...turns.flat(), { role: "user", content: last }]),
      tools: fc.tuple(...names.map((name) => parameters.map((schema) => ({ name, schema })))).map((tools) =>
        tools.map(({ name, schema }) => ({
          type: "function",
          function: { name, description: name.length > 60 ? "long ".repeat(400) : null, parameters: schema },
        })),
      ),
      tool_choice: fc.constantFrom("none", "auto", "required", {
        type: "function",
        function: { name: names[0] },
      }),
      parallel_tool_calls: fc.constantFrom(true, false, null),
      stop: fc.constantFrom(null, [], "END", ["a!", "b!", "c!", "d!"]),
      response_format: fc.constantFrom(null, { type: "text" }, { type: "json_object" }),
      temperature: fc.constantFrom(null, 0.5),
      n: fc.constant(1),
      stream: fc.constant(false),
      store: fc.boolean(),
      user: word,
      seed: fc.constantFrom(null, 1),
      max_completion_tokens: fc.constantFrom(null, 50),
    },
    { requiredKeys: ["messages", "tools"] },
  ),
);

describe.each(models)("%s", (model, name) => {
  it("gets what was given: every word, call and result in its place, or the door says by name what cannot be", async () => {
    let passed = 0;
    await fc.assert(
      fc.asyncProperty(conversation, async (wire) => {
        const input = await send(wire, name, model);
        const body = arrived[name];
        if (input === undefined || body === undefined) return;
        passed += 1;
        const names = (body.tools ?? [])
          .flatMap((tool) => tool.functionDeclarations ?? [tool.function])
          .map((declared) => declared?.name ?? "");
        expect(new Set(names).size).toBe(names.length);
        const original = (there: string) =>
          input.tools?.[names.indexOf(there)]?.function.name ?? `unknown ${there}`;
        const own = name === "gemini" ? 0 : body.messages.length - input.messages.length;
        const notes = name === "gemini" ? viaGemini(body, original) : viaChat(body, own, original);
        expect(joined(notes)).toEqual(joined(given(input)));
      }),
      { numRuns: 60, endOnFailure: true },
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

describe("a call of Gemini's", () => {
  it("goes back with its id and signature, whatever a client keeps of it, and to another maker with a short id", async () => {
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
