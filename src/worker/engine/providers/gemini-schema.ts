import { type Schema, SchemaType } from "@google/generative-ai";
import { ProviderFailure } from "../errors";

/**
 * JSON Schema (2020-12) → the OpenAPI 3.0 subset that Gemini takes. What Gemini knows is carried over, what it can
 * be told another way is rewritten ($ref, const, type lists, oneOf, allOf), and what only narrows the answer
 * further (additionalProperties, patternProperties, if/then/else, …) is dropped: the answer then still fits the rest.
 */

type Json = Record<string, unknown>;
type Converted = { type?: SchemaType; nullable?: boolean; [keyword: string]: unknown };

/** Where a conversion stands: a few `$ref`s that double each other would otherwise grow without end. */
interface Walk {
  root: Json;
  budget: { nodesLeft: number };
  depth: number;
  /** The references being followed on the way here; meeting one again is recursion, which Gemini cannot express. */
  path: readonly string[];
}

const MAX_NODES = 5_000;
const MAX_DEPTH = 100;

const typeOf: Record<string, SchemaType> = {
  string: SchemaType.STRING,
  number: SchemaType.NUMBER,
  integer: SchemaType.INTEGER,
  boolean: SchemaType.BOOLEAN,
  array: SchemaType.ARRAY,
  object: SchemaType.OBJECT,
};

const carriedOver: Record<string, "string" | "number"> = {
  title: "string",
  description: "string",
  pattern: "string",
  minLength: "number",
  maxLength: "number",
  minimum: "number",
  maximum: "number",
  minItems: "number",
  maxItems: "number",
  minProperties: "number",
  maxProperties: "number",
};

/** Gemini refuses any other `format` with 400. */
const formats: Record<string, readonly string[]> = {
  string: ["date-time"],
  number: ["float", "double"],
  integer: ["int32", "int64"],
};

/** @throws ProviderFailure `rejected` when the schema with its references written out is larger than Gemini takes. */
export function toGeminiSchema(schema: Json): Schema {
  // The SDK's type knows fewer keywords than the API does (anyOf, minimum, …); the shape is built to the API's.
  return convert(schema, { root: schema, budget: { nodesLeft: MAX_NODES }, depth: 0, path: [] }) as Schema;
}

function convert(source: unknown, walk: Walk): Converted {
  spendNode(walk);
  if (!isObject(source)) return { type: SchemaType.STRING };
  const { schema, path } = flatten(source, walk);
  if (walk.path.length < path.length && new Set(path).size < path.length) return { type: SchemaType.OBJECT };
  const inner: Walk = { ...walk, path, depth: walk.depth + 1 };
  const into = (child: unknown) => convert(child, inner);

  const result: Converted = {};
  const types = typesOf(schema);
  if (types.includes("null") || schema.nullable === true) result.nullable = true;
  for (const [keyword, type] of Object.entries(carriedOver)) {
    if (typeof schema[keyword] === type) result[keyword] = schema[keyword];
  }

  const kinds = types.filter((type) => type !== "null");
  const alternatives = alternativesOf(schema, kinds);
  if (alternatives) {
    const real = alternatives.filter((option) => !(isObject(option) && option.type === "null"));
    if (real.length < alternatives.length) result.nullable = true;
    const options = real.map(into);
    return options.length === 1 ? { ...options[0], ...result } : { ...result, anyOf: options };
  }

  const kind = kinds[0] ?? inferType(schema);
  result.type = typeOf[kind] ?? SchemaType.STRING;
  if (typeof schema.format === "string" && formats[kind]?.includes(schema.format))
    result.format = schema.format;
  if (kind === "string") addEnum(schema, result);
  if (kind === "number" || kind === "integer") addBounds(schema, kind, result);
  if (kind === "array") result.items = into(schema.items ?? {});
  if (kind === "object") addProperties(schema, into, result);
  return result;
}

/** Follows local `$ref`s and folds `allOf` into one schema: later members win, properties and required add up. */
function flatten(source: Json, walk: Walk): { schema: Json; path: readonly string[] } {
  let schema = source;
  let path = walk.path;
  while (typeof schema.$ref === "string") {
    const { $ref, ...beside } = schema;
    const reference = String($ref);
    const known = path.includes(reference);
    path = [...path, reference];
    if (known) return { schema: {}, path };
    schema = { ...resolve(reference, walk.root), ...beside };
  }
  if (!Array.isArray(schema.allOf)) return { schema, path };
  const { allOf, ...own } = schema;
  let merged: Json = {};
  for (const part of [...allOf.filter(isObject), own]) {
    spendNode(walk);
    const member = flatten(part, { ...walk, path, depth: walk.depth + 1 });
    path = member.path.length > path.length ? member.path : path;
    merged = merge(merged, member.schema);
  }
  return { schema: merged, path };
}

function merge(left: Json, right: Json): Json {
  const merged = { ...left, ...right };
  if (isObject(left.properties) && isObject(right.properties)) {
    merged.properties = { ...left.properties, ...right.properties };
  }
  if (Array.isArray(left.required) && Array.isArray(right.required)) {
    merged.required = [...new Set([...left.required, ...right.required])];
  }
  return merged;
}

function spendNode(walk: Walk): void {
  walk.budget.nodesLeft -= 1;
  if (walk.budget.nodesLeft >= 0 && walk.depth <= MAX_DEPTH) return;
  throw new ProviderFailure("rejected", {
    provider: "gemini",
    detail: "schema too large",
    publicMessage: "A JSON schema in this request is larger than the model's provider accepts.",
  });
}

function resolve(ref: string, root: Json): Json {
  if (!ref.startsWith("#")) return {};
  let current: unknown = root;
  for (const step of ref.slice(1).split("/").slice(1)) {
    const key = decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
    current = isObject(current) && Object.hasOwn(current, key) ? current[key] : undefined;
  }
  return asObject(current);
}

function typesOf(schema: Json): string[] {
  if (typeof schema.type === "string") return [schema.type.toLowerCase()];
  return asArray(schema.type).filter((type): type is string => typeof type === "string");
}

function alternativesOf(schema: Json, kinds: readonly string[]): unknown[] | undefined {
  if (Array.isArray(schema.anyOf) && schema.anyOf.length > 0) return schema.anyOf;
  if (Array.isArray(schema.oneOf) && schema.oneOf.length > 0) return schema.oneOf;
  return kinds.length > 1 ? kinds.map((type) => ({ ...schema, type })) : undefined;
}

function inferType(schema: Json): string {
  if (isObject(schema.properties)) return "object";
  if (schema.items !== undefined) return "array";
  const sample = schema.const ?? asArray(schema.enum)[0];
  if (typeof sample === "number") return Number.isInteger(sample) ? "integer" : "number";
  return typeof sample === "boolean" ? "boolean" : "string";
}

/** Gemini has enums of strings only. */
function addEnum(schema: Json, result: Converted): void {
  const values = schema.const === undefined ? asArray(schema.enum) : [schema.const];
  const texts = values.filter((value) => typeof value === "string" && value !== "");
  if (values.includes(null)) result.nullable = true;
  if (texts.length > 0) Object.assign(result, { format: "enum", enum: texts });
}

function addBounds(schema: Json, kind: "number" | "integer", result: Converted): void {
  const step = kind === "integer" ? 1 : 0;
  if (typeof schema.exclusiveMinimum === "number") result.minimum ??= schema.exclusiveMinimum + step;
  if (typeof schema.exclusiveMaximum === "number") result.maximum ??= schema.exclusiveMaximum - step;
  if (typeof schema.const === "number")
    Object.assign(result, { minimum: schema.const, maximum: schema.const });
}

/** Gemini sorts properties by name unless it is told their order. */
function addProperties(schema: Json, into: (child: unknown) => Converted, result: Converted): void {
  const entries = Object.entries(asObject(schema.properties));
  if (entries.length === 0) return;
  const names = entries.map(([name]) => name);
  result.properties = Object.fromEntries(entries.map(([name, value]) => [name, into(value)]));
  result.propertyOrdering = names;
  const required = asArray(schema.required).filter((name) => names.includes(String(name)));
  if (required.length > 0) result.required = required;
}

function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function asObject(value: unknown): Json {
  return isObject(value) ? value : {};
}

function asArray(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
