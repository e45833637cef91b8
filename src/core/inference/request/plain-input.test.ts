import fc from "fast-check";
import { expect, test } from "vitest";
import { inferenceInputSchema } from "./input-schema";
import { readPlainInput } from "./plain-input";

/** As it comes over the wire. */
const wire = (body: unknown): unknown => JSON.parse(JSON.stringify(body));

const odd = fc.constantFrom<unknown>(
  ...[null, "", "\u0000", "a\ud800", "x".repeat(513), 0, -1, 1, 1.5, 1_000_001, 2_147_483_648, true],
  ...[[], {}, ["a"], { a: 1 }, { a: "\u0000" }, "auto", "high", "staging"],
);
const content = fc.oneof(
  fc.string({ minLength: 1 }),
  fc.array(fc.record({ type: fc.constant("text"), text: fc.string() }), { minLength: 1, maxLength: 2 }),
);
const messages = fc.array(
  fc.oneof(
    fc.record({ role: fc.constantFrom("user", "system", "developer"), content }),
    fc.record({ role: fc.constant("assistant"), content: fc.string() }),
    fc.record({ role: fc.constant("tool"), tool_call_id: fc.string({ minLength: 1 }), content }),
  ),
  { minLength: 1, maxLength: 3 },
);
const body = fc.record(
  {
    model: fc.constantFrom("gpt-4o", "x".repeat(128)),
    messages,
    prompt: fc.string({ minLength: 1 }),
    max_tokens: fc.integer({ min: 1, max: 1_000_000 }),
    temperature: fc.double({ min: 0, max: 2, noNaN: true }),
    stop: fc.array(fc.string({ minLength: 1 }), { maxLength: 4 }),
    seed: fc.integer(),
    metadata: fc.dictionary(fc.string({ maxLength: 65 }), fc.string({ maxLength: 513 }), { maxKeys: 17 }),
    environment: fc.constantFrom("live", "test"),
    reasoning_effort: fc.constantFrom("none", "minimal", "high"),
  },
  { requiredKeys: ["model"] },
);
const names = [
  "max_completion_tokens",
  "tool_choice",
  "prompt",
  "messages",
  "stream",
  "__proto__",
  "tomorrow",
];
const damage = fc.record({
  name: fc.oneof(fc.constantFrom(...names), fc.nat(9)),
  value: odd,
  drop: fc.boolean(),
});
type Damage = typeof damage extends fc.Arbitrary<infer One> ? One : never;

/** With another value at one of its fields, a field more or a field less. */
function damaged(given: object, { name, value, drop }: Damage): unknown {
  const key = typeof name === "number" ? (Object.keys(given)[name] ?? "model") : name;
  if (drop) Reflect.deleteProperty(given, key);
  else Object.defineProperty(given, key, { value, enumerable: true, configurable: true, writable: true });
  return given;
}

test("a body that the check by hand takes is one that the schema takes, with the same result", () => {
  let taken = 0;
  fc.assert(
    fc.property(body, fc.option(damage), (whole, one) => {
      const given = wire(one === null ? whole : damaged(whole, one));
      const plain = readPlainInput(given);
      if (plain === undefined) return;
      taken += 1;
      const parsed = inferenceInputSchema.safeParse(given);
      expect(parsed.success).toBe(true);
      expect(wire(plain)).toEqual(wire(parsed.data));
    }),
    { numRuns: 4_000 },
  );
  expect(taken).toBeGreaterThan(200);
});

test("what most programs send is taken", () => {
  const messages = [{ role: "user", content: "Hi" }];
  for (const given of [
    { model: "gpt-4o", prompt: "Hi" },
    { model: "gpt-4o", messages, max_tokens: 64, temperature: 0.7, metadata: { job: "nightly" } },
  ])
    expect(readPlainInput(given)).toEqual(given);
});

test("what only the schema can judge or put into words is left to it", () => {
  const messages = [{ role: "user", content: "Hi" }];
  for (const given of [
    "Hi",
    [],
    null,
    { model: "gpt-4o" },
    { model: "gpt-4o", messages, prompt: "Hi" },
    { model: "gpt-4o", prompt: null },
    { model: "gpt-4o", messages, tool_choice: "auto" },
    { model: "gpt-4o", messages, max_tokens: 1, max_completion_tokens: 2 },
    { model: "gpt-4o", messages, metadata: { "": "x" } },
    { model: "gpt-4o", messages, tomorrow: 1 },
    wire(JSON.parse('{"model":"gpt-4o","prompt":"Hi","metadata":{"__proto__":"x"}}')),
  ])
    expect(readPlainInput(given)).toBeUndefined();
});
