import { AppError } from "../../../platform";
import { asArray, childrenOf, isObject, type Json, resolveRef, under } from "./schema";
import { MAX_SIZE, sizeOf } from "./text-budget";

/** Far more than any provider takes. It bounds the work one request can cause. */
const MAX_NODES = 5_000;
const MAX_DEPTH = 100;

const types = new Set(["object", "array", "string", "number", "integer", "boolean", "null"]);

/**
 * Refuses a document that is no JSON Schema: keywords of the wrong type, unknown types, references that lead nowhere.
 * @param at the schema's path in the request.
 * @throws AppError `invalid_request`; `param` names the keyword.
 */
export function checkSchema(schema: Json, at: string): void {
  if (sizeOf(schema, MAX_SIZE) > MAX_SIZE)
    throw refuse(at, "is too large: a schema can have about a million characters at most.");
  check(schema, at, { root: schema, left: MAX_NODES }, 0);
}

interface Walk {
  root: Json;
  left: number;
}

function refuse(param: string, message: string): AppError {
  return new AppError("invalid_request", { public: `${param} ${message}`, param });
}

function check(schema: unknown, at: string, walk: Walk, depth: number): void {
  walk.left -= 1;
  if (walk.left < 0) throw refuse(at, "is one schema too many. A schema can contain 5,000 at most.");
  if (depth > MAX_DEPTH) throw refuse(at, "is nested too deeply.");
  if (typeof schema === "boolean") return;
  if (!isObject(schema)) throw refuse(at, "must be a JSON Schema: an object, true or false.");
  checkTypes(schema, at);
  checkKinds(schema, at);
  checkReference(schema, at, walk.root);
  for (const child of childrenOf(schema, at)) check(child.schema, child.at, walk, depth + 1);
}

function checkTypes({ type }: Json, at: string): void {
  if (type === undefined) return;
  const param = under(at, "type");
  const names = Array.isArray(type) ? type : [type];
  if (names.length === 0) throw refuse(param, "must name at least one type.");
  for (const name of names) {
    if (typeof name !== "string" || !types.has(name)) {
      throw refuse(param, `must be one of ${[...types].join(", ")}, or a list of these.`);
    }
  }
}

const objects = ["properties", "patternProperties", "dependentSchemas", "$defs", "definitions"];
const nonEmptyLists = ["enum", "anyOf", "oneOf", "allOf", "prefixItems"];
const numbers = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];
const counts = [
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "minProperties",
  "maxProperties",
  "minContains",
  "maxContains",
];
const texts = ["$ref", "description", "title", "format", "pattern"];

function checkKinds(schema: Json, at: string): void {
  const each = (keywords: readonly string[], right: (value: unknown) => boolean, kind: string) => {
    const wrong = keywords.find((keyword) => schema[keyword] !== undefined && !right(schema[keyword]));
    if (wrong !== undefined) throw refuse(under(at, wrong), `must be ${kind}.`);
  };
  each(objects, isObject, "an object of schemas");
  each(nonEmptyLists, (value) => Array.isArray(value) && value.length > 0, "a list that is not empty");
  each(numbers, (value) => typeof value === "number", "a number");
  each(counts, (value) => Number.isInteger(value) && Number(value) >= 0, "a whole number, 0 or more");
  each(texts, (value) => typeof value === "string", "text");
  each(["required"], isListOfTexts, "a list of names");
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && asArray(value).every((name) => typeof name === "string");
}

function checkReference({ $ref }: Json, at: string, root: Json): void {
  if (typeof $ref !== "string") return;
  const target = resolveRef($ref, root);
  if (isObject(target) || typeof target === "boolean") return;
  throw refuse(under(at, "$ref"), 'must point to a schema in this document, as in "#/$defs/name".');
}
