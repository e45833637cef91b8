import { describe, expect, it } from "vitest";
import { checkSchema } from "./check-schema";
import type { Json } from "./schema";
import { at, convert } from "./testing/schemas";

describe("a response schema for Gemini", () => {
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

  it("puts into words for the model what is only guidance", () => {
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
