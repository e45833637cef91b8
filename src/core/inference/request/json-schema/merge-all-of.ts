import { isDeepStrictEqual } from "node:util";
import { canonicalJson } from "../../../platform/canonical-json";
import { asArray, asObject, isObject, type Json } from "./schema";

/**
 * Merges schemas into one with the same meaning, for providers without `allOf`. Undefined where that is impossible: the
 * caller then refuses the request instead of dropping a condition.
 */
export function mergeAllOf(schemas: readonly Json[]): Json | undefined {
  let merged: Json = {};
  for (const schema of schemas) {
    const next = mergeTwo(merged, schema);
    if (next === undefined) return undefined;
    merged = next;
  }
  return merged;
}

function mergeTwo(left: Json, right: Json): Json | undefined {
  if (closesWhatOtherOpens(left, right) || closesWhatOtherOpens(right, left) || sharesGroup(left, right)) {
    return undefined;
  }
  const merged: Json = { ...left };
  for (const [keyword, value] of Object.entries(right)) {
    if (!Object.hasOwn(left, keyword)) {
      merged[keyword] = value;
      continue;
    }
    const both = combine(keyword, left[keyword], value);
    if (both === undefined) return undefined;
    merged[keyword] = both;
  }
  return merged;
}

/** `additionalProperties` sees only the properties beside it. Merged, it would also see the other schema's. */
function closesWhatOtherOpens(closing: Json, other: Json): boolean {
  const { additionalProperties: rest } = closing;
  if (rest === undefined || rest === true) return false;
  if (closing.patternProperties !== undefined || other.patternProperties !== undefined) return true;
  const own = asObject(closing.properties);
  return Object.keys(asObject(other.properties)).some((name) => !Object.hasOwn(own, name));
}

/** Keywords that depend on the ones beside them, and so cannot be merged one by one. */
const groups = [
  ["if", "then", "else"],
  ["contains", "minContains", "maxContains"],
];

function sharesGroup(left: Json, right: Json): boolean {
  const has = (schema: Json, group: readonly string[]) =>
    group.some((keyword) => Object.hasOwn(schema, keyword));
  if (groups.some((group) => has(left, group) && has(right, group))) return true;
  const tuples = has(left, ["prefixItems"]) || has(right, ["prefixItems"]);
  const [ours, theirs] = [left, right].map((schema) => has(schema, ["prefixItems", "items"]));
  return tuples && ours === true && theirs === true;
}

const annotations = new Set([
  "title",
  "description",
  "default",
  "examples",
  "example",
  "deprecated",
  "readOnly",
  "writeOnly",
]);
const highest = new Set(["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"]);
const lowest = new Set(["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"]);

function combine(keyword: string, left: unknown, right: unknown): unknown {
  if (isDeepStrictEqual(left, right) || annotations.has(keyword) || keyword.startsWith("$")) return right;
  if (highest.has(keyword)) return Math.max(Number(left), Number(right));
  if (lowest.has(keyword)) return Math.min(Number(left), Number(right));
  switch (keyword) {
    case "required":
      return [...new Set([...asArray(left), ...asArray(right)])];
    case "type":
      return commonTypes(left, right);
    case "enum":
      return commonValues(asArray(left), asArray(right));
    case "properties":
      return mergeProperties(asObject(left), asObject(right));
    case "items":
    case "additionalProperties":
      return both(left, right);
    default:
      return undefined;
  }
}

function mergeProperties(left: Json, right: Json): Json {
  const merged: Json = { ...left };
  for (const [name, schema] of Object.entries(right)) {
    merged[name] = Object.hasOwn(left, name) ? both(left[name], schema) : schema;
  }
  return merged;
}

/** Kept as `allOf`, which is merged again when the walk gets there. */
function both(left: unknown, right: unknown): unknown {
  if (left === false || right === false) return false;
  if (left === true) return right;
  return right === true ? left : { allOf: [left, right].filter(isObject) };
}

/** By their JSON: lists of a million values are compared in one go. */
function commonValues(left: readonly unknown[], right: readonly unknown[]): readonly unknown[] | undefined {
  const others = new Set(right.map(canonicalJson));
  return nonEmpty(left.filter((value) => others.has(canonicalJson(value))));
}

function commonTypes(left: unknown, right: unknown): unknown {
  const [ours = [], theirs = []] = [left, right].map((type) => [
    ...new Set<unknown>(Array.isArray(type) ? type : [type]),
  ]);
  const has = (types: readonly unknown[], type: unknown) =>
    types.includes(type) || (type === "integer" && types.includes("number"));
  const common = [...ours, ...theirs].filter((type) => has(ours, type) && has(theirs, type));
  const narrowed = [...new Set(common)];
  return narrowed.length === 1 ? narrowed[0] : nonEmpty(narrowed);
}

function nonEmpty(values: readonly unknown[]): readonly unknown[] | undefined {
  return values.length > 0 ? values : undefined;
}
