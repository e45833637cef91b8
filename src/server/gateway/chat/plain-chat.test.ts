import { AppError } from "@agathaai/core/platform";
import fc from "fast-check";
import { expect, test } from "vitest";
import { readChatInput } from "./chat-input";
import { readPlainChat } from "./plain-chat";

/** As it comes over the wire. */
const wire = (body: unknown): unknown => JSON.parse(JSON.stringify(body));

const odd = fc.constantFrom<unknown>(
  null,
  "",
  " ",
  "\u0000",
  "a\ud800",
  "x".repeat(513),
  0,
  -1,
  1,
  2,
  1.5,
  129,
  1_000_001,
  2_147_483_648,
  true,
  false,
  [],
  {},
  ["a"],
  [null],
  "auto",
  "none",
  "high",
  "max",
  { type: "function", function: { name: "f" } },
);
const texts = fc.array(fc.record({ type: fc.constant("text"), text: fc.string() }), {
  minLength: 1,
  maxLength: 3,
});
const content = fc.oneof(fc.string({ minLength: 1 }), texts);
const called = fc.record({
  id: fc.string({ minLength: 1 }),
  type: fc.constant("function"),
  function: fc.record({ name: fc.constantFrom("f", "get_weather"), arguments: fc.json() }),
});
const message = fc.oneof(
  fc.record({ role: fc.constantFrom("user", "system", "developer"), content }),
  fc.record(
    {
      role: fc.constant("assistant"),
      content,
      refusal: fc.constant(null),
      reasoning_content: fc.oneof(fc.constant(null), fc.string()),
      tool_calls: fc.array(called, { maxLength: 2 }),
    },
    { requiredKeys: ["role"] },
  ),
  fc.record({ role: fc.constant("tool"), tool_call_id: fc.string({ minLength: 1 }), content }),
);
const tool = fc.record({
  type: fc.constant("function"),
  function: fc.record(
    {
      name: fc.constantFrom("f", "get_weather"),
      description: fc.string(),
      parameters: fc.dictionary(fc.string(), fc.jsonValue()),
      strict: fc.boolean(),
    },
    { requiredKeys: ["name"] },
  ),
});
const body = fc.record(
  {
    model: fc.constantFrom("gpt-4o", "x".repeat(128)),
    messages: fc.array(message, { minLength: 1, maxLength: 4 }),
    max_tokens: fc.integer({ min: 1, max: 1_000_000 }),
    temperature: fc.double({ min: 0, max: 2, noNaN: true }),
    top_p: fc.double({ min: 0.1, max: 1, noNaN: true }),
    stop: fc.oneof(fc.string({ minLength: 1 }), fc.array(fc.string({ minLength: 1 }), { maxLength: 4 })),
    seed: fc.integer(),
    tools: fc.array(tool, { minLength: 1, maxLength: 3 }),
    parallel_tool_calls: fc.boolean(),
    reasoning_effort: fc.constantFrom("none", "minimal", "low", "medium", "high"),
    stream: fc.boolean(),
    stream_options: fc.record({ include_usage: fc.boolean() }, { requiredKeys: [] }),
    user: fc.string(),
    n: fc.constant(1),
    presence_penalty: fc.constant(0),
    frequency_penalty: fc.constant(0),
  },
  { requiredKeys: ["model", "messages"] },
);

const names = [
  "max_completion_tokens",
  "tool_choice",
  "store",
  "prompt",
  "name",
  "annotations",
  "__proto__",
  "tomorrow",
];
/** Somewhere in it another value, a field more or a field less. */
const damage = fc.record({
  at: fc.nat(),
  how: fc.constantFrom("replace", "add", "drop"),
  name: fc.constantFrom(...names),
  value: odd,
});
type Damage = typeof damage extends fc.Arbitrary<infer One> ? One : never;

function damaged(given: unknown, { at, how, name, value }: Damage): unknown {
  const places: [Record<string, unknown>, string][] = [];
  const walk = (node: unknown) => {
    if (typeof node !== "object" || node === null) return;
    for (const key of Object.keys(node)) {
      places.push([node as Record<string, unknown>, key]);
      walk((node as Record<string, unknown>)[key]);
    }
  };
  walk(given);
  const [node, key] = places[at % places.length] ?? [{}, ""];
  if (how === "replace") node[key] = value;
  else if (how === "drop") delete node[key];
  else Object.defineProperty(node, name, { value, enumerable: true, configurable: true, writable: true });
  return given;
}

/** What the schemas say: the parts, or undefined where they refuse. */
function bySchema(given: unknown) {
  try {
    return readChatInput(given);
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

test("a body that the check by hand takes is one that the schemas take, with the same result", () => {
  let taken = 0;
  fc.assert(
    fc.property(body, fc.array(damage, { maxLength: 2 }), (whole, damages) => {
      const given = wire(damages.reduce(damaged, wire(whole)));
      const plain = readPlainChat(given);
      if (plain === undefined) return;
      taken += 1;
      expect(bySchema(given)).toEqual(plain);
    }),
    { numRuns: 1_500, seed: 12 },
  );
  expect(taken).toBeGreaterThan(500);
});

const parameters = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
const usual: [string, object][] = [
  ["one question", { messages: [{ role: "user", content: "Hello" }] }],
  [
    "a stream with usage",
    {
      messages: [
        { role: "system", content: "" },
        { role: "user", content: "Hello" },
      ],
      stream: true,
      stream_options: { include_usage: true },
    },
  ],
  ["parts of text", { messages: [{ role: "user", content: [{ type: "text", text: "Hello" }] }] }],
  [
    "parameters",
    {
      messages: [{ role: "user", content: "Hello" }],
      temperature: 0.2,
      top_p: 1,
      max_tokens: 64,
      stop: ["\n"],
      seed: 7,
      user: "ada",
      n: 1,
    },
  ],
  [
    "an agent's round with tools",
    {
      messages: [
        { role: "user", content: "Weather?" },
        {
          role: "assistant",
          content: null,
          refusal: null,
          tool_calls: [{ id: "call_1", type: "function", function: { name: "weather", arguments: "{}" } }],
        },
        { role: "tool", tool_call_id: "call_1", content: "Sunny" },
      ],
      tools: [
        { type: "function", function: { name: "weather", description: "Now", parameters, strict: true } },
      ],
      tool_choice: "auto",
    },
  ],
];

test.each(usual)("%s needs no schema", (_name, given) => {
  const whole = { model: "gpt-4o", ...given };
  expect(readPlainChat(whole)).toBeDefined();
  expect(readPlainChat(whole)).toEqual(bySchema(whole));
});

const refused: [string, unknown, string | undefined][] = [
  ["a list", [], undefined],
  ["text", "hello", undefined],
  ["no model", { messages: [{ role: "user", content: "x" }] }, "model"],
  ["no messages", { model: "gpt-4o" }, "messages"],
  ["null for messages", { model: "gpt-4o", messages: null }, "messages"],
  ["a message without content", { model: "gpt-4o", messages: [{ role: "user" }] }, "messages[0].content"],
  [
    "a stream that is text",
    { model: "gpt-4o", messages: [{ role: "user", content: "x" }], stream: "yes" },
    "stream",
  ],
];

test.each(refused)("%s is refused by name", (_name, given, param) => {
  expect(readPlainChat(given)).toBeUndefined();
  expect(() => readChatInput(given)).toThrow(expect.objectContaining({ code: "invalid_request", param }));
});
