import fc from "fast-check";

/** Conversations as clients send them. */

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
export const conversation = fc.uniqueArray(toolName, { minLength: 1, maxLength: 5 }).chain((names) =>
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
