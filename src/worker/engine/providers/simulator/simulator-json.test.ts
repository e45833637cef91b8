import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { expect, test } from "vitest";
import { simulateJson } from "./simulator-json";

const ajv = new Ajv2020({ strict: false });
addFormats.default(ajv);

test.each<[string, Record<string, unknown>]>([
  [
    "nested objects",
    {
      type: "object",
      properties: { a: { type: "object", properties: { b: { type: "boolean" } }, required: ["b"] } },
      required: ["a"],
      additionalProperties: false,
    },
  ],
  [
    "bounded numbers",
    {
      type: "array",

      items: { type: "integer", minimum: 10, maximum: 12, multipleOf: 4 },
      minItems: 2,
    },
  ],
  ["numbers below zero", { type: "number", exclusiveMaximum: -5 }],
  ["numbers above a bound", { type: "integer", exclusiveMinimum: 3 }],
  ["bounded strings", { type: "string", minLength: 300, maxLength: 301 }],
  ["short strings", { type: "string", maxLength: 2 }],
  [
    "formats",
    {
      type: "object",
      properties: {
        a: { type: "string", format: "uuid" },
        b: { type: "string", format: "date-time" },
        c: { type: "string", format: "email" },
      },
      required: ["a", "b", "c"],
    },
  ],
  ["choices", { anyOf: [{ enum: ["x", "y"] }, { type: "null" }] }],
  ["nullable types", { type: ["string", "null"] }],
  ["constants", { const: { a: [1] } }],
  [
    "all of several",
    {
      allOf: [
        { type: "object", properties: { a: { type: "string" } }, required: ["a"] },
        { properties: { b: { type: "integer" } }, required: ["b"] },
      ],
    },
  ],
  [
    "references",
    {
      $defs: { leaf: { type: "integer" } },
      type: "object",
      properties: { a: { $ref: "#/$defs/leaf" } },
      required: ["a"],
    },
  ],
  [
    "a list that refers to itself",
    {
      type: "object",
      properties: { next: { anyOf: [{ type: "null" }, { $ref: "#" }] } },
      required: ["next"],
    },
  ],
])("satisfies %s", (_, schema) => {
  const value = simulateJson(schema, "Agates form in lava.");
  expect(ajv.validate(schema, value), JSON.stringify([value, ajv.errors])).toBe(true);
});

test("a schema that refers to itself many times, or nests without end, costs little", () => {
  const branches = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`b${index}`, { $ref: "#" }]));
  const began = performance.now();
  simulateJson({ type: "object", properties: branches, required: Object.keys(branches) }, "x");
  simulateJson({ $ref: "#" }, "x");
  simulateJson({ type: "array", minItems: 1e9, items: { type: "string", minLength: 1e9 } }, "x");
  // Without a limit they would take hours.
  expect(performance.now() - began).toBeLessThan(30_000);
});

test.each([[undefined], [null], ["text"], [[]], [true]])(
  "something that is not a schema gives a text: %j",
  (schema) => {
    expect(simulateJson(schema, "Agates")).toBe("Agates");
  },
);

test("values are no larger in all than an answer, whatever the schema allows and repeats", () => {
  const properties = Object.fromEntries(
    Array.from({ length: 300 }, (_, n) => [`p${n}`, { $ref: `#/$defs/${n % 2 === 0 ? "long" : "fixed"}` }]),
  );
  const $defs = {
    long: { type: "string", maxLength: 1_000_000_000 },
    fixed: { const: "y".repeat(100_000) },
  };
  const text = "x".repeat(100_000);
  const built = JSON.stringify(simulateJson({ type: "object", properties, $defs }, text));
  expect(built.length).toBeLessThan(500_000);
});
