import { describe, expect, it } from "vitest";
import { toGeminiSchema } from "./gemini-schema";

const cases: [string, Record<string, unknown>, unknown][] = [
  [
    "keeps what Gemini knows and drops what it does not",
    {
      $schema: "https://json-schema.org/draft/2020-12/schema",
      type: "object",
      properties: { name: { type: "string", minLength: 1, format: "email", examples: ["a@b.c"] } },
      required: ["name", "missing"],
      additionalProperties: false,
      patternProperties: { "^x": {} },
    },
    {
      type: "object",
      properties: { name: { type: "string", minLength: 1 } },
      propertyOrdering: ["name"],
      required: ["name"],
    },
  ],
  ["turns a list with null into nullable", { type: ["string", "null"] }, { type: "string", nullable: true }],
  [
    "turns a list of types into anyOf",
    { type: ["string", "integer"] },
    { anyOf: [{ type: "string" }, { type: "integer" }] },
  ],
  [
    "turns anyOf with null into a nullable schema",
    { anyOf: [{ type: "integer" }, { type: "null" }], description: "n" },
    { type: "integer", nullable: true, description: "n" },
  ],
  [
    "turns oneOf into anyOf",
    { oneOf: [{ type: "string" }, { type: "number" }] },
    { anyOf: [{ type: "string" }, { type: "number" }] },
  ],
  ["turns const into an enum", { const: "yes" }, { type: "string", format: "enum", enum: ["yes"] }],
  ["keeps a numeric const as bounds", { const: 3 }, { type: "integer", minimum: 3, maximum: 3 }],
  ["drops an enum of numbers, keeping the type", { type: "integer", enum: [1, 2] }, { type: "integer" }],
  [
    "moves exclusive bounds of integers by one",
    { type: "integer", exclusiveMinimum: 0, exclusiveMaximum: 9 },
    { type: "integer", minimum: 1, maximum: 8 },
  ],
  ["keeps date-time", { type: "string", format: "date-time" }, { type: "string", format: "date-time" }],
  ["gives an array without items some", { type: "array" }, { type: "array", items: { type: "string" } }],
  [
    "writes references out",
    {
      type: "array",
      items: { $ref: "#/$defs/point~1x" },
      $defs: { "point/x": { type: "object", properties: { x: { type: "number" } } } },
    },
    {
      type: "array",
      items: { type: "object", properties: { x: { type: "number" } }, propertyOrdering: ["x"] },
    },
  ],
  [
    "folds allOf",
    {
      allOf: [
        { type: "object", properties: { a: { type: "string" } }, required: ["a"] },
        { properties: { b: { type: "boolean" } }, required: ["b"] },
      ],
    },
    {
      type: "object",
      properties: { a: { type: "string" }, b: { type: "boolean" } },
      propertyOrdering: ["a", "b"],
      required: ["a", "b"],
    },
  ],
  [
    "ends recursion at an open object",
    {
      $defs: { node: { type: "object", properties: { next: { $ref: "#/$defs/node" } } } },
      $ref: "#/$defs/node",
    },
    { type: "object", properties: { next: { type: "object" } }, propertyOrdering: ["next"] },
  ],
  ["survives a reference to itself", { $ref: "#" }, { type: "object" }],
  ["survives a reference to nothing", { $ref: "#/nowhere" }, { type: "string" }],
];

describe("JSON Schema for Gemini", () => {
  it.each(cases)("%s", (_name, schema, expected) => {
    expect(toGeminiSchema(schema)).toEqual(expected);
  });

  it("refuses references that double each other instead of writing them all out", () => {
    const $defs = Object.fromEntries(
      Array.from({ length: 40 }, (_, level) => [
        `n${level}`,
        {
          type: "object",
          properties: { a: { $ref: `#/$defs/n${level + 1}` }, b: { $ref: `#/$defs/n${level + 1}` } },
        },
      ]),
    );
    const startedAt = performance.now();
    expect(() => toGeminiSchema({ $defs, $ref: "#/$defs/n0" })).toThrow(
      expect.objectContaining({ kind: "rejected" }),
    );
    expect(() =>
      toGeminiSchema({
        $defs: {
          a: { allOf: [{ $ref: "#/$defs/b" }, { $ref: "#/$defs/b" }] },
          b: { allOf: [{ $ref: "#/$defs/a" }, { $ref: "#/$defs/a" }] },
        },
        $ref: "#/$defs/a",
      }),
    ).not.toThrow();
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});
