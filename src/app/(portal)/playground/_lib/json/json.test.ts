import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { schemaTemplates, toolTemplates } from "../draft/templates";
import { readSchema } from "./check-schema";
import { readJson } from "./read-json";

const problem = (text: string) => {
  const read = readJson(text);
  if (!("problem" in read)) throw new Error("it was read");
  return read.problem;
};

describe("readJson", () => {
  it("reads what JSON.parse reads, the same, and refuses what it refuses", () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 4 }), (text) => {
        const read = readJson(text);
        expect("json" in read && read.json.value).toEqual(JSON.parse(text));
      }),
    );
    const pieces = fc.array(
      fc.constantFrom("{", "}", "[", "]", ",", ":", '"a"', "1", "-", "true", " ", "\n", "x", '"'),
      {
        maxLength: 10,
      },
    );
    fc.assert(
      fc.property(pieces, (parts) => {
        const text = parts.join("");
        const read = readJson(text);
        let value: unknown;
        try {
          value = JSON.parse(text);
        } catch {
          expect(read).toHaveProperty("problem");
          return;
        }
        // The one thing refused beyond JSON.parse: a name twice, which is always a slip.
        if ("json" in read) expect(read.json.value).toEqual(value);
        else expect(read.problem.message).toContain("twice");
      }),
      { numRuns: 1_000 },
    );
  });

  it.each([
    ['{\n  "a": 1,\n}', 2, 9, "Remove the comma"],
    ["{\n  a: 1\n}", 2, 3, "double quotes"],
    ["{'a': 1}", 1, 2, "double quotes"],
    ['{"a": one}', 1, 7, '"one" isn’t a JSON value'],
    ['{"a": 1 "b": 2}', 1, 9, "A comma or } is missing"],
    ['["a"', 1, 5, "A comma or ] is missing"],
    ['{"a": "b\n}', 1, 7, "no closing quote"],
    ['{"a" 1}', 1, 6, 'Add a colon after "a"'],
    ['{"a": 1, "a": 2}', 1, 10, "twice"],
    ["", 1, 1, "missing at the end"],
    ["{} x", 1, 4, "Nothing may follow"],
    ["{} {}", 1, 4, "Nothing may follow"],
    ["[1,\n]", 1, 3, "Remove the comma"],
    ["[1,,2]", 1, 4, 'missing before ","'],
    ['{"a":}', 1, 6, 'missing before "}"'],
    ["{1: 2}", 1, 2, "double quotes"],
    ["[1}", 1, 3, "A comma or ] is missing"],
    ['["a\\x"]', 1, 2, "an escape"],
    ['["a\tb"]', 1, 2, "control character"],
    ["[1.]", 1, 2, '"1." isn’t a JSON value'],
    ["[01]", 1, 3, "A comma or ] is missing"],
    ["{} // done", 1, 4, "comments"],
    ['{"a": {"b": 1, "b": 2}}', 1, 16, "twice"],
  ])("says of %j where it is wrong, and how", (text, line, column, message) => {
    expect(problem(text)).toMatchObject({ line, column, message: expect.stringContaining(message) });
  });

  it("refuses depths that would exhaust the stack", () => {
    expect(problem("[".repeat(100_000)).message).toContain("too deeply");
  });
});

describe("readSchema", () => {
  const good = {
    type: "object",
    properties: { name: { type: "string" } },
    required: ["name"],
    additionalProperties: false,
  };

  it("takes a schema, a strict one too", () => {
    expect(readSchema(JSON.stringify(good), { strict: true })).toEqual({ schema: good });
    expect(readSchema('{"type":"object"}')).toHaveProperty("schema");
  });

  it.each([
    ["[]", 1, "Expected a schema"],
    ['{\n"type": "array"\n}', 2, "outermost"],
    ['{"type":"object",\n"properties": []}', 2, '"properties" must be an object'],
    [
      '{"type":"object","properties":{\n"a": {"type": "text"}}}',
      2,
      '"text" isn’t a type. Use object, array,',
    ],
    ['{"type":"object","properties":{"a":{}},\n"required": [\n"a",\n"b"]}', 4, 'names "b"'],
    ['{"type":"object","properties":{"a":{"type":"array",\n"items": 5}}}', 2, "Expected a schema"],
    ['{"type":"object","properties":{"a":{\n"enum": []}}}', 2, "at least one value"],
    ['{"type":"object","properties":{"a":{"anyOf":[{},\n{"type":"int"}]}}}', 2, '"int" isn’t a type'],
  ])("says of %j which line is wrong, and how", (text, line, message) => {
    expect(readSchema(text)).toMatchObject({ problem: { line, message: expect.stringContaining(message) } });
  });

  it("holds a strict schema to what strict needs, inside too", () => {
    const open = JSON.stringify({ ...good, additionalProperties: true }, null, 1);
    expect(readSchema(open, { strict: true })).toMatchObject({
      problem: { message: expect.stringContaining("additionalProperties") },
    });
    const optional = JSON.stringify({ ...good, required: [] });
    expect(readSchema(optional, { strict: true })).toMatchObject({
      problem: { message: expect.stringContaining('"name"') },
    });
  });

  const ajv = new Ajv2020();

  it.each([
    ...schemaTemplates.map(({ schema }) => schema),
    ...toolTemplates.map(({ tool }) => tool.parameters),
  ])("agrees with ajv that a template is a schema: %j", (text) => {
    expect(readSchema(text)).toEqual({ schema: JSON.parse(text) });
    expect(ajv.validateSchema(JSON.parse(text))).toBe(true);
  });

  it.each([
    { type: "object", properties: [] },
    { type: "object", properties: { a: { type: "text" } } },
    { type: "object", properties: { a: { items: 5 } } },
    { type: "object", properties: { a: { anyOf: [] } } },
    { type: "object", required: [1] },
  ])("agrees with ajv that this is no schema: %j", (schema) => {
    expect(readSchema(JSON.stringify(schema))).toHaveProperty("problem");
    expect(ajv.validateSchema(schema)).toBe(false);
  });
});
