import { Ajv2020 } from "ajv/dist/2020";
import fc from "fast-check";
import { expect } from "vitest";
import { AppError } from "../../../../platform";
import { geminiResponseSchema } from "../gemini-response-schema";
import type { Json } from "../schema";

/** Schemas and documents at random, and what a conversion makes of them. */

export const at = "schema";
export const convert = (schema: Json, strict = true) => geminiResponseSchema(schema, { at, strict });
/**
 * Ajv keeps track of evaluated items for `unevaluatedItems`, which no schema here has. Where a `$ref` that leads back to
 * itself stands in a `oneOf`, the code it makes for that uses a variable declared in another block: "items1 is not defined".
 */
export function ajv(): Ajv2020 {
  const validator = new Ajv2020({
    strict: false,
    validateFormats: false,
    allowUnionTypes: true,
    logger: false,
  });
  validator.opts.unevaluated = false;
  return validator;
}

/** Small, so that values and schemas meet: every keyword there is, in every place, with one another. */
const names = ["a", "b", "c"];
export const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value));
const leaf = fc.constantFrom<unknown>("x", "y", "", 0, 1, 2, 1.5, -1, true, false, null);
export const type = fc.constantFrom("string", "number", "integer", "boolean", "null", "object", "array");
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
export const schemas = (depth: number): fc.Arbitrary<Json> => {
  const all = keywords(depth);
  return fc
    .uniqueArray(fc.constantFrom(...Object.keys(all)), { maxLength: 4 })
    .chain((chosen) => fc.record(Object.fromEntries(chosen.map((name) => [name, all[name] ?? leaf]))));
};
/** As unions are mostly written: an object whose kind says which branch it is. */
export const discriminated = fc.record({
  type: fc.constantFrom("object", ["object", "null"]),
  properties: fc.record({ a: fc.record({ const: leaf }), b: simple }, { requiredKeys: ["a"] }),
  required: fc.constantFrom(["a"], ["a", "b"], []),
  additionalProperties: fc.boolean(),
});
export const documents = fc
  .record({ schema: schemas(2), one: schemas(1), two: schemas(1) })
  .map(({ schema, one, two }): Json => plain({ ...schema, $defs: { one, two } }));
export const values = fc
  .letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { depthSize: "small" },
      { weight: 4, arbitrary: leaf },
      { weight: 3, arbitrary: fc.dictionary(fc.constantFrom(...names), tie("value"), { maxKeys: 3 }) },
      { weight: 2, arbitrary: fc.array(tie("value"), { maxLength: 3 }) },
    ),
  }))
  .value.map(plain);

/** Undefined for a schema that contains itself without an end, once the validator goes down that way. */
export function holds(validate: (value: unknown) => unknown, value: unknown): boolean | undefined {
  try {
    return validate(value) === true;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

export function attempt<T>(run: () => T): T | undefined {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    expect(error.param).toMatch(/^schema/);
    return undefined;
  }
}
