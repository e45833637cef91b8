import { Ajv2020 } from "ajv/dist/2020";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { responseSchemaProblem } from "../../../../../infra/stand-ins/providers/gemini/gemini-schema-rules";
import { AppError } from "../../../platform/errors";
import { checkSchema } from "./check-schema";
import { areExclusive } from "./exclusive";
import { geminiResponseSchema } from "./gemini-response-schema";
import type { Json } from "./schema";

const at = "schema";
const convert = (schema: Json, strict = true) => geminiResponseSchema(schema, { at, strict });
const ajv = () =>
  new Ajv2020({ strict: false, validateFormats: false, allowUnionTypes: true, logger: false });

/** Small, so that values and schemas meet: every keyword there is, in every place, with one another. */
const names = ["a", "b", "c"];
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value));
const leaf = fc.constantFrom<unknown>("x", "y", "", 0, 1, 2, 1.5, -1, true, false, null);
const type = fc.constantFrom("string", "number", "integer", "boolean", "null", "object", "array");
const small = fc.integer({ min: 0, max: 3 });
const keywords = (depth: number): Record<string, fc.Arbitrary<unknown>> => {
  const node = depth > 0 ? nodes(depth - 1) : simple;
  const some = (maxLength: number) => fc.array(node, { minLength: 1, maxLength });
  return {
    type: fc.oneof(type, fc.uniqueArray(type, { minLength: 1, maxLength: 3 })),
    properties: fc.dictionary(fc.constantFrom(...names), node, { maxKeys: 3 }),
    required: fc.uniqueArray(fc.constantFrom(...names), { maxLength: 3 }),
    additionalProperties: fc.oneof(fc.boolean(), node),
    items: node,
    prefixItems: some(2),
    minItems: small,
    maxItems: small,
    minimum: small,
    exclusiveMaximum: small,
    enum: fc.uniqueArray(leaf, { minLength: 1, maxLength: 4 }),
    const: leaf,
    anyOf: some(2),
    oneOf: some(2),
    allOf: some(2),
    not: node,
    pattern: fc.constant("^x"),
    minLength: small,
    uniqueItems: fc.boolean(),
    default: leaf,
    description: fc.constantFrom("said", ""),
  };
};
const simple: fc.Arbitrary<unknown> = fc.oneof(
  fc.record({ type }),
  fc.constantFrom({ $ref: "#/$defs/one" }, { $ref: "#/$defs/two", title: "t" }, { $ref: "#" }, true),
);
const nodes = (depth: number): fc.Arbitrary<unknown> => fc.oneof(simple, schemas(depth));
/** Few keywords at once, or nearly all would be refused for one of them. */
const schemas = (depth: number): fc.Arbitrary<Json> => {
  const all = keywords(depth);
  return fc
    .uniqueArray(fc.constantFrom(...Object.keys(all)), { maxLength: 4 })
    .chain((chosen) => fc.record(Object.fromEntries(chosen.map((name) => [name, all[name] ?? leaf]))));
};
/** As unions are mostly written: an object whose kind says which branch it is. */
const discriminated = fc.record({
  type: fc.constantFrom("object", ["object", "null"]),
  properties: fc.record({ a: fc.record({ const: leaf }), b: simple }, { requiredKeys: ["a"] }),
  required: fc.constantFrom(["a"], ["a", "b"], []),
  additionalProperties: fc.boolean(),
});
const documents = fc
  .record({ schema: schemas(2), one: schemas(1), two: schemas(1) })
  .map(({ schema, one, two }): Json => plain({ ...schema, $defs: { one, two } }));
const values = fc
  .letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      { weight: 4, arbitrary: leaf },
      { weight: 3, arbitrary: fc.dictionary(fc.constantFrom(...names), tie("value"), { maxKeys: 3 }) },
      { weight: 2, arbitrary: fc.array(tie("value"), { maxLength: 3 }) },
    ),
  }))
  .value.map(plain);

/** One that contains itself without an end is none that a validator can follow. */
function holds(validate: (value: unknown) => unknown, value: unknown): boolean {
  try {
    return validate(value) === true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(error.param).toMatch(/^schema/);
    return undefined;
  }
}

describe("a response schema for Gemini", () => {
  it("means what was given, in keywords Gemini holds answers to, or is refused by name", () => {
    let kept = 0;
    fc.assert(
      fc.property(documents, fc.array(values, { minLength: 12, maxLength: 12 }), (given, samples) => {
        const arrived = attempt(() => {
          checkSchema(given, at);
          return convert(given);
        });
        if (arrived === undefined) return;
        expect(responseSchemaProblem(arrived, at)).toBeUndefined();
        const [before, after] = [ajv().compile(given), ajv().compile(arrived)];
        kept += 1;
        for (const sample of samples) expect([sample, after(sample)]).toEqual([sample, before(sample)]);
      }),
      { numRuns: 300, endOnFailure: true },
    );
    expect(kept).toBeGreaterThan(30);
  }, 120_000);

  it("as guidance forbids nothing that was allowed, and says in words what it cannot bind", () => {
    fc.assert(
      fc.property(documents, fc.array(values, { minLength: 8, maxLength: 8 }), (given, samples) => {
        const arrived = attempt(() => {
          checkSchema(given, at);
          return convert(given, false);
        });
        if (arrived === undefined) return;
        expect(responseSchemaProblem(arrived, at)).toBeUndefined();
        const [before, after] = [ajv().compile(given), ajv().compile(arrived)];
        for (const sample of samples)
          if (holds(before, sample)) expect([sample, after(sample)]).toEqual([sample, true]);
      }),
      { numRuns: 150, endOnFailure: true },
    );
  }, 120_000);

  it.each<[string, Json, Json]>([
    [
      "a union beside properties",
      {
        type: "object",
        properties: { a: { type: "string" } },
        anyOf: [{ required: ["a"] }, { properties: { b: { type: "integer" } } }],
      },
      {
        type: "object",
        properties: { a: { type: "string" } },
        anyOf: [{ required: ["a"], properties: { a: {} } }, { properties: { b: { type: "integer" } } }],
      },
    ],
    [
      "nested unions",
      { anyOf: [{ oneOf: [{ type: "string" }, { type: "null" }] }] },
      { anyOf: [{ anyOf: [{ type: "string" }, { type: "null" }] }] },
    ],
    [
      "branches that a property tells apart, through references",
      {
        type: "object",
        required: ["kind"],
        oneOf: [{ $ref: "#/$defs/on" }, { $ref: "#/$defs/off" }],
        $defs: {
          on: { properties: { kind: { const: "on" }, level: { type: "integer" } } },
          off: { properties: { kind: { enum: ["off", "away"] } } },
        },
      },
      {
        type: "object",
        required: ["kind"],
        properties: { kind: {} },
        anyOf: [{ $ref: "#/$defs/on" }, { $ref: "#/$defs/off" }],
        $defs: {
          on: {
            properties: { kind: { type: "string", enum: ["on"] }, level: { type: "integer" } },
          },
          off: { properties: { kind: { type: "string", enum: ["off", "away"] } } },
        },
      },
    ],
    [
      "closed branches of which one requires what the other forbids",
      {
        type: "object",
        oneOf: [
          { properties: { a: { type: "string" } }, required: ["a"], additionalProperties: false },
          { properties: { b: { type: "string" } }, additionalProperties: false },
        ],
      },
      {
        type: "object",
        anyOf: [
          { properties: { a: { type: "string" } }, required: ["a"], additionalProperties: false },
          { properties: { b: { type: "string" } }, additionalProperties: false },
        ],
      },
    ],
    [
      "two unions that both bind",
      { anyOf: [{ minimum: 1 }, { type: "null" }], oneOf: [{ type: "integer" }, { type: "null" }] },
      { anyOf: [{ minimum: 1 }, { type: "null" }], oneOf: [{ type: "integer" }, { type: "null" }] },
    ],
    [
      "a map",
      { type: "object", additionalProperties: { type: "array", items: { type: "number" } } },
      { type: "object", additionalProperties: { type: "array", items: { type: "number" } } },
    ],
    ["an enum of numbers", { enum: [1, 2.5] }, { type: "number", enum: [1, 2.5] }],
    [
      "an enum with null",
      { type: ["string", "null"], enum: ["a", null] },
      { anyOf: [{ type: "string", enum: ["a"] }, { type: "null" }] },
    ],
    ["a constant", { const: "on" }, { type: "string", enum: ["on"] }],
    [
      "a closed tuple of an older draft",
      { type: "array", items: [{ type: "string" }, { type: "integer" }], additionalItems: false },
      { type: "array", prefixItems: [{ type: "string" }, { type: "integer" }], maxItems: 2 },
    ],
    [
      "bounds that exclude",
      { type: "integer", exclusiveMinimum: 0, exclusiveMaximum: 9.5 },
      { type: "integer", minimum: 1, maximum: 9 },
    ],
    [
      "a recursive tree",
      {
        $ref: "#/definitions/node",
        definitions: {
          node: { type: "object", properties: { next: { $ref: "#/definitions/node", description: "on" } } },
        },
      },
      {
        $ref: "#/$defs/node",
        $defs: {
          node: {
            type: "object",
            properties: { next: { description: "on", anyOf: [{ $ref: "#/$defs/node" }] } },
          },
        },
      },
    ],
    [
      "parts that all hold",
      {
        allOf: [
          { type: "object", properties: { a: {} } },
          { properties: { b: {} }, required: ["b"] },
        ],
      },
      { type: "object", properties: { a: {}, b: {} }, required: ["b"] },
    ],
  ])("keeps %s", (_what, given, arrived) => {
    expect(convert(given)).toEqual(arrived);
  });

  it.each<[string, Json, string]>([
    ["a pattern", { properties: { a: { type: "string", pattern: "^x" } } }, "schema.properties.a.pattern"],
    ["what must not be", { not: { type: "string" } }, "schema.not"],
    ["conditions", JSON.parse('{"if":{"type":"string"},"then":{"const":"x"}}'), "schema.if"],
    ["a single boolean", { properties: { ok: { const: true } } }, "schema.properties.ok.const"],
    ["parts that no one schema can be", { allOf: [{ anyOf: [{}, {}] }, { anyOf: [true] }] }, "schema.allOf"],
    ["branches that both may fit", { oneOf: [{ type: "number" }, { type: "integer" }] }, "schema.oneOf"],
    [
      "branches told apart by what need not be there",
      {
        type: "object",
        oneOf: [{ properties: { kind: { const: "a" } } }, { properties: { kind: { const: "b" } } }],
      },
      "schema.oneOf",
    ],
    [
      "branches told apart in objects alone, of which other values know nothing",
      {
        properties: {
          p: {
            oneOf: [
              { properties: { kind: { const: "a" } }, required: ["kind"] },
              { properties: { kind: { const: "b" } }, required: ["kind"] },
            ],
          },
        },
      },
      "schema.properties.p.oneOf",
    ],
    ["impossible values", { properties: { a: false } }, "schema.properties.a"],
    [
      "a tree without an end",
      { type: "object", properties: { next: { $ref: "#" } }, required: ["next"] },
      "schema.properties.next.$ref",
    ],
  ])("refuses %s by name where it must bind", (_what, given, param) => {
    expect(() => convert(given)).toThrow(expect.objectContaining({ code: "unsupported_parameter", param }));
  });

  it("tells the model in words that one branch alone must fit, and holds it to one of them", () => {
    const oneOf = [
      { type: "string", pattern: "a" },
      { type: "string", pattern: "b" },
    ];
    expect(convert({ oneOf }, false)).toEqual({
      description: `JSON Schema: ${JSON.stringify({ oneOf })}`,
      anyOf: ["a", "b"].map((pattern) => ({
        type: "string",
        description: `JSON Schema: ${JSON.stringify({ pattern })}`,
      })),
    });
  });

  it("takes branches for exclusive only where no value can be of two", () => {
    const branches = fc.record({
      beside: schemas(0),
      oneOf: fc.array(fc.oneof(discriminated, schemas(1)), { minLength: 2, maxLength: 3 }),
      $defs: fc.record({ one: schemas(1), two: schemas(1) }),
    });
    let proven = 0;
    fc.assert(
      fc.property(branches, fc.array(values, { minLength: 12, maxLength: 12 }), (given, samples) => {
        const { oneOf, $defs, ...more } = plain(given);
        const { oneOf: _, ...beside } = more.beside;
        const root: Json = { allOf: [beside, { oneOf }], $defs };
        const valid = attempt(() => checkSchema(root, at) ?? true);
        if (valid === undefined || !areExclusive(oneOf, beside, { root, left: 10_000 })) return;
        proven += 1;
        const one = ajv().compile(root);
        const any = ajv().compile({ allOf: [beside, { anyOf: oneOf }], $defs });
        for (const sample of samples)
          expect([sample, holds(one, sample)]).toEqual([sample, holds(any, sample)]);
      }),
      { numRuns: 200, endOnFailure: true },
    );
    expect(proven).toBeGreaterThan(15);
  }, 120_000);

  it("tells the model in words what only guides", () => {
    expect(convert({ type: "string", pattern: "^x", description: "A code." }, false)).toEqual({
      type: "string",
      description: 'A code.\nJSON Schema: {"pattern":"^x"}',
    });
  });

  it("gives up on a oneOf whose branches are too many to compare", () => {
    const oneOf = Array.from({ length: 3_000 }, (_, n) => ({ enum: [`a${n}`, `b${n}`] }));
    expect(() => convert({ oneOf })).toThrow(expect.objectContaining({ param: "schema.oneOf" }));
    expect(convert({ oneOf: oneOf.slice(0, 100) })).toMatchObject({ anyOf: { length: 100 } });
  });

  it("ends on schemas made to grow without end", () => {
    const chain = Object.fromEntries(
      Array.from({ length: 2_000 }, (_, n) => [`n${n}`, { $ref: `#/$defs/n${n + 1}` }]),
    );
    const doubling = Object.fromEntries(
      Array.from({ length: 40 }, (_, n) => [
        `n${n}`,
        {
          allOf: [
            { $ref: `#/$defs/n${n + 1}` },
            { properties: { [`p${n}`]: { allOf: [{ $ref: `#/$defs/n${n + 1}` }, { title: "t" }] } } },
          ],
        },
      ]),
    );
    for (const $defs of [
      { ...chain, n2000: { type: "string" } },
      { ...doubling, n40: { type: "object" } },
    ]) {
      attempt(() => convert({ $ref: "#/$defs/n0", $defs }));
    }
  });
});

describe("a schema that is wrong for everybody", () => {
  it.each<[string, Json, string]>([
    ["a type that does not exist", { type: "strnig" }, "schema.type"],
    ["properties in a list", { properties: [] }, "schema.properties"],
    ["a property that is no schema", { properties: { a: 5 } }, "schema.properties.a"],
    ["an empty union", { anyOf: [] }, "schema.anyOf"],
    ["required that is no list", { required: "a" }, "schema.required"],
    ["a reference that leads nowhere", { items: { $ref: "#/$defs/x" } }, "schema.items.$ref"],
    ["a reference out of the document", { $ref: "https://example.com/a.json" }, "schema.$ref"],
  ])("is refused by name: %s", (_what, given, param) => {
    expect(() => checkSchema(given, at)).toThrow(expect.objectContaining({ code: "invalid_request", param }));
  });
});
