import { isDeepStrictEqual } from "node:util";
import { AppError } from "../../../platform";
import { asArray, type Json, under } from "./schema";

/**
 * Keywords that Gemini's `responseJsonSchema` ignores silently. Values become types and enums it knows. What is left is
 * refused where it must bind, and described to the model in words where it only guides.
 */

/** Keywords that say nothing about the value. */
export const silent = new Set([
  "$schema",
  "$id",
  "$comment",
  "$anchor",
  "$vocabulary",
  "$defs",
  "definitions",
  "description",
]);
/** Keywords that guide but do not bind. */
export const guiding = new Set(["default", "examples", "example", "deprecated", "readOnly", "writeOnly"]);
/** Values with which a binding keyword has no effect. */
const idle: Record<string, readonly unknown[]> = {
  uniqueItems: [false],
  minLength: [0],
  minProperties: [0],
  minContains: [0],
  unevaluatedProperties: [true],
  unevaluatedItems: [true],
  propertyNames: [true],
  not: [false],
  nullable: [false],
};

export function cannot(param: string, why = "This model's provider does not hold answers to it"): AppError {
  return new AppError("unsupported_parameter", { public: `${param} is not supported. ${why}.`, param });
}

/** Rewrites `const` and `enum`, for which Gemini takes only strings and numbers. */
export function withValues(schema: Json, result: Json, at: string, strict: boolean): Json {
  const keyword = schema.const !== undefined ? "const" : "enum";
  if (schema[keyword] === undefined) return result;
  const listed = schema.enum === undefined ? [schema.const] : asArray(schema.enum);
  const both =
    keyword === "const" ? listed.filter((value) => isDeepStrictEqual(value, schema.const)) : listed;
  const values = both.filter((value) => isOfType(value, schema.type));
  const plain = values.filter((value) => typeof value === "string" || typeof value === "number");
  const booleans = new Set(values.filter((value) => typeof value === "boolean"));
  const others = values.some((value) => typeof value === "object" && value !== null);
  if (values.length === 0 || others || booleans.size === 1) {
    if (strict) throw cannot(under(at, keyword), "This model's provider lists texts and numbers only");
    return withWords(result, { [keyword]: schema[keyword] });
  }
  const { type: _, ...untyped } = result;
  const branches: Json[] = [
    ...(plain.length > 0 ? [{ ...typesOf(plain), enum: plain }] : []),
    ...(booleans.size > 0 ? [{ type: "boolean" }] : []),
    ...(values.includes(null) ? [{ type: "null" }] : []),
  ];
  const [only] = branches;
  return branches.length === 1 && only !== undefined
    ? { ...untyped, ...only }
    : { ...untyped, anyOf: combined(untyped, branches) };
}

/** A union beside the values binds as well, so each value becomes a union of both. */
function combined(result: Json, branches: readonly Json[]): unknown[] {
  if (result.anyOf === undefined) return [...branches];
  return branches.map((branch) => ({ ...branch, anyOf: result.anyOf }));
}

function typesOf(values: readonly unknown[]): Json {
  const types = new Set(
    values.map((value) =>
      typeof value === "string" ? "string" : Number.isInteger(value) ? "integer" : "number",
    ),
  );
  if (types.has("number")) types.delete("integer");
  const [only] = types;
  return { type: types.size === 1 ? only : [...types] };
}

function isOfType(value: unknown, type: unknown): boolean {
  if (type === undefined) return true;
  const kind = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  return asArray(Array.isArray(type) ? type : [type]).some(
    (name) =>
      name === kind ||
      (kind === "number" && (name === "number" || (name === "integer" && Number.isInteger(value)))),
  );
}

/** Handles what is left: refused where it must bind, described in words where it only guides. */
export function describe(schema: Json, done: readonly string[], strict: boolean, at: string): Json {
  const left = Object.entries(schema).filter(
    ([keyword, value]) =>
      !done.includes(keyword) &&
      !silent.has(keyword) &&
      keyword !== "title" &&
      keyword !== "const" &&
      keyword !== "enum" &&
      !idle[keyword]?.some((idleValue) => isDeepStrictEqual(idleValue, value)),
  );
  const binding = left.find(([keyword]) => !guiding.has(keyword) && bindingKeywords.has(keyword));
  if (strict && binding !== undefined) throw cannot(under(at, binding[0]));
  const words: Json = {};
  if (schema.title !== undefined) words.title = schema.title;
  if (schema.description !== undefined) words.description = schema.description;
  return left.length === 0 ? words : withWords(words, Object.fromEntries(left));
}

const bindingKeywords = new Set([
  "oneOf",
  "pattern",
  "minLength",
  "maxLength",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "multipleOf",
  "uniqueItems",
  "contains",
  "minContains",
  "maxContains",
  "minProperties",
  "maxProperties",
  "propertyNames",
  "patternProperties",
  "dependentRequired",
  "dependentSchemas",
  "dependencies",
  "not",
  "if",
  "then",
  "else",
  "unevaluatedProperties",
  "unevaluatedItems",
]);

function withWords(result: Json, keywords: Json): Json {
  const note = `JSON Schema: ${JSON.stringify(keywords)}`;
  const said = result.description;
  return { ...result, description: typeof said === "string" && said !== "" ? `${said}\n${note}` : note };
}
