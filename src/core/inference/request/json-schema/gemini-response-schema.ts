import { areExclusive, type Proof } from "./exclusive";
import { cannot, describe, guiding, silent, withValues } from "./gemini-keywords";
import { mergeAllOf } from "./merge-all-of";
import { asArray, asObject, isObject, type Json, resolveRef, stepsOf, under } from "./schema";
import { TextBudget } from "./text-budget";

/**
 * Translates a response schema into the part of JSON Schema that Gemini's `responseJsonSchema` enforces; Gemini
 * silently ignores every other keyword. What can be expressed another way is rewritten (const, allOf, nullable, tuples
 * of older drafts, references). The rest is refused by name where the caller relies on it (`strict`), and otherwise
 * described to the model in words. Google's list: ai.google.dev/api/generate-content,
 * GenerationConfig.responseJsonSchema.
 */

const carriedOver = ["title", "format", "minimum", "maximum", "minItems", "maxItems"] as const;
/** Merging and resolving references can multiply the size of a schema. */
const MAX_NODES = 10_000;
const MAX_DEPTH = 200;
const MAX_CHAIN = 100;
const MAX_PROOF_STEPS = 100_000;

interface Walk {
  root: Json;
  /** The root's path in the request. */
  base: string;
  strict: boolean;
  /** Our name for the target of each reference; the target is converted in turn. */
  names: Map<string, string>;
  /** Which definition needs which, without an optional property in between. */
  needs: Map<string, Map<string, string>>;
  left: number;
  texts: TextBudget;
  proof: Proof;
}

interface Position {
  at: string;
  depth: number;
  /** The definition that contains this, and whether a value can omit it. */
  owner: string;
  optional: boolean;
}

const ROOT = "";

/**
 * @param at the schema's path in the request.
 * @throws AppError `unsupported_parameter`; `param` names the keyword.
 */
export function geminiResponseSchema(schema: Json, { at, strict }: { at: string; strict: boolean }): Json {
  const names = new Map<string, string>();
  const proof: Proof = { root: schema, left: MAX_PROOF_STEPS };
  const walk: Walk = {
    root: schema,
    base: at,
    strict,
    names,
    needs: new Map(),
    left: MAX_NODES,
    texts: new TextBudget(),
    proof,
  };
  const converted = asObject(convert(schema, { at, depth: 0, owner: ROOT, optional: false }, walk));
  const defs: Json = {};
  // The map grows during the loop: a definition may add others.
  for (const [ref, name] of names) {
    const position = { at: under(at, ...(stepsOf(ref) ?? [])), depth: 0, owner: name, optional: false };
    defs[name] = convert(resolveRef(ref, schema), position, walk);
  }
  assertCanEnd(walk);
  return names.size === 0 ? converted : { ...converted, $defs: defs };
}

function convert(schema: unknown, position: Position, walk: Walk): unknown {
  walk.left -= 1;
  if (walk.left < 0 || position.depth > MAX_DEPTH) throw tooLarge(position);
  if (schema === false) throw cannot(position.at, "A value that no answer can have cannot be asked for");
  if (!isObject(schema)) return {};
  if (schema.$dynamicRef !== undefined) throw cannot(under(position.at, "$dynamicRef"));
  if (typeof schema.$ref === "string") return convertReference(schema, schema.$ref, position, walk);
  if (schema.allOf !== undefined) return convert(merged(schema, position, walk), deeper(position), walk);
  if (schema.nullable === true) {
    const { nullable: _, ...rest } = schema;
    return { anyOf: [convert(rest, deeper(position), walk), { type: "null" }] };
  }
  return convertPlain(schema, position, walk);
}

function tooLarge({ at }: Position) {
  return cannot(at, "With its references written out, this schema is larger than the model's provider takes");
}

function deeper(position: Position, more: Partial<Position> = {}): Position {
  return { ...position, ...more, depth: position.depth + 1 };
}

/**
 * Gemini takes nothing beside a reference, so annotations go around it and binding keywords are merged into its target.
 */
function convertReference(schema: Json, ref: string, position: Position, walk: Walk): unknown {
  const { $ref: _, ...beside } = schema;
  const binding = Object.keys(beside).filter(
    (keyword) => !silent.has(keyword) && !guiding.has(keyword) && keyword !== "title",
  );
  if (binding.length === 0) {
    const reference = { $ref: `#/$defs/${define(ref, position, walk)}` };
    if (!walk.texts.take(beside)) throw tooLarge(position);
    const words = describe(beside, [], walk.strict, position.at);
    return Object.keys(words).length === 0 ? reference : { ...words, anyOf: [reference] };
  }
  return convert(merged({ allOf: [{ $ref: ref }], ...beside }, position, walk), deeper(position), walk);
}

function define(ref: string, { at, owner, optional }: Position, walk: Walk): string {
  const name = walk.names.get(ref) ?? nameFor(ref, walk);
  walk.names.set(ref, name);
  if (!optional) {
    const needed = walk.needs.get(owner) ?? new Map<string, string>();
    walk.needs.set(owner, needed.set(name, under(at, "$ref")));
  }
  return name;
}

function nameFor(ref: string, walk: Walk): string {
  const last = ref === "#" ? "root" : (ref.split("/").at(-1) ?? "");
  const plain = last.replace(/[^A-Za-z0-9_]/g, "_").slice(0, 48) || "schema";
  const taken = new Set(walk.names.values());
  for (let number = 1; ; number++) {
    const name = number === 1 ? plain : `${plain}_${number}`;
    if (!taken.has(name)) return name;
  }
}

/** The schema with its `allOf` and references merged into one. */
function merged(schema: Json, position: Position, walk: Walk): Json {
  const { allOf, ...own } = schema;
  const parts = [...asArray(allOf), own].map((part) => written(part, position, walk, new Set()));
  const one = mergeAllOf(parts);
  if (one === undefined)
    throw cannot(under(position.at, "allOf"), "Its parts cannot be written as one schema");
  return one;
}

function written(part: unknown, position: Position, walk: Walk, following: ReadonlySet<string>): Json {
  walk.left -= 1;
  const schema = asObject(part);
  if (!walk.texts.take(schema)) throw tooLarge(position);
  if (part === false || walk.left < 0 || following.size > MAX_CHAIN)
    throw cannot(under(position.at, "allOf"));
  const { $ref: ref, allOf, ...own } = schema;
  if (typeof ref !== "string" && allOf === undefined) return schema;
  if (typeof ref === "string" && following.has(ref))
    throw cannot(under(position.at, "$ref"), "It leads back to itself");
  const on = typeof ref === "string" ? new Set([...following, ref]) : following;
  const parts = [
    ...(typeof ref === "string" ? [written(resolveRef(ref, walk.root), position, walk, on)] : []),
    ...asArray(allOf).map((each) => written(each, position, walk, on)),
    own,
  ];
  const one = mergeAllOf(parts);
  if (one === undefined)
    throw cannot(under(position.at, "allOf"), "Its parts cannot be written as one schema");
  return one;
}

function convertPlain(schema: Json, position: Position, walk: Walk): Json {
  const { at } = position;
  if (!walk.texts.take(schema)) throw tooLarge(position);
  const done = new Set<string>(["type", ...carriedOver]);
  const result: Json = {};
  if (schema.type !== undefined) result.type = schema.type;
  for (const keyword of carriedOver) if (schema[keyword] !== undefined) result[keyword] = schema[keyword];
  const integers = schema.type === "integer";
  if (integers && typeof schema.exclusiveMinimum === "number") {
    done.add("exclusiveMinimum");
    result.minimum = Math.max(Number(schema.minimum ?? -Infinity), Math.floor(schema.exclusiveMinimum) + 1);
  }
  if (integers && typeof schema.exclusiveMaximum === "number") {
    done.add("exclusiveMaximum");
    result.maximum = Math.min(Number(schema.maximum ?? Infinity), Math.ceil(schema.exclusiveMaximum) - 1);
  }
  if (integers && schema.multipleOf === 1) done.add("multipleOf");
  convertObject(schema, result, position, walk, done);
  convertArray(schema, result, position, walk, done);
  convertUnions(schema, result, position, walk, done);
  const words = describe(schema, [...done], walk.strict, at);
  return withValues(schema, { ...words, ...result }, at, walk.strict);
}

/**
 * Gemini treats `oneOf` as `anyOf`. If no value can match two branches, both mean the same. Otherwise only `anyOf` is
 * sent, and "exactly one" counts as not enforced.
 */
function convertUnions(schema: Json, result: Json, position: Position, walk: Walk, done: Set<string>): void {
  const options = (keyword: "anyOf" | "oneOf") =>
    asArray(schema[keyword]).map((option, index) =>
      convert(option, deeper(position, { at: `${under(position.at, keyword)}[${index}]` }), walk),
    );
  done.add("anyOf");
  if (schema.anyOf !== undefined) result.anyOf = options("anyOf");
  if (schema.oneOf === undefined) return;
  const { oneOf, ...beside } = schema;
  const exclusive = areExclusive(asArray(oneOf), beside, walk.proof);
  if (walk.strict && !exclusive) return;
  if (result.anyOf === undefined) {
    result.anyOf = options("oneOf");
    if (exclusive) done.add("oneOf");
  } else if (walk.strict) {
    // Guiding keywords alone could make two branches overlap, and those are described in words instead.
    result.oneOf = options("oneOf");
    done.add("oneOf");
  }
}

function convertObject(schema: Json, result: Json, position: Position, walk: Walk, done: Set<string>): void {
  const required = new Set(asArray(schema.required).map(String));
  if (required.size > 0) result.required = [...required];
  const rest = schema.patternProperties === undefined ? schema.additionalProperties : undefined;
  const own = asObject(schema.properties);
  const unnamed = [...required].filter((name) => !Object.hasOwn(own, name));
  if (rest === false && unnamed.length > 0) {
    throw cannot(under(position.at, "required"), "It names a property that additionalProperties forbids");
  }
  // Gemini requires every required property to be listed; this one then accepts what any unlisted one would.
  const properties = [
    ...Object.entries(own),
    ...unnamed.map((name): [string, unknown] => [name, rest ?? true]),
  ];
  if (properties.length > 0 || isObject(schema.properties)) {
    result.properties = Object.fromEntries(
      properties.map(([name, child]) => {
        const at = under(position.at, "properties", name);
        const optional = position.optional || !required.has(name);
        return [name, convert(child, deeper(position, { at, optional }), walk)];
      }),
    );
  }
  for (const keyword of ["required", "properties"]) done.add(keyword);
  if (rest === undefined) return;
  done.add("additionalProperties");
  const at = under(position.at, "additionalProperties");
  result.additionalProperties =
    typeof rest === "boolean" ? rest : convert(rest, deeper(position, { at, optional: true }), walk);
}

/** Older drafts put a tuple under `items`, and what follows it under `additionalItems`. */
function convertArray(schema: Json, result: Json, position: Position, walk: Walk, done: Set<string>): void {
  const old = Array.isArray(schema.items);
  const first = old ? asArray(schema.items) : asArray(schema.prefixItems);
  const rest = old ? schema.additionalItems : schema.items;
  for (const keyword of ["items", "prefixItems", "additionalItems"]) done.add(keyword);
  if (first.length > 0) {
    result.prefixItems = first.map((child, index) =>
      convert(
        child,
        deeper(position, { at: `${under(position.at, old ? "items" : "prefixItems")}[${index}]` }),
        walk,
      ),
    );
  }
  if (rest === undefined || rest === true) return;
  if (rest === false) {
    result.maxItems = Math.min(Number(schema.maxItems ?? Infinity), first.length);
    return;
  }
  const at = under(position.at, old ? "additionalItems" : "items");
  result.items = convert(rest, deeper(position, { at }), walk);
}

/** Gemini unrolls a recursive schema only where a value can end the recursion. */
function assertCanEnd({ needs }: Walk): void {
  const finished = new Set<string>();
  const visit = (name: string, path: readonly string[]): void => {
    for (const [next, at] of needs.get(name) ?? []) {
      if (path.includes(next)) {
        throw cannot(at, "A schema may contain itself only in a property that is not required");
      }
      if (!finished.has(next)) visit(next, [...path, next]);
    }
    finished.add(name);
  };
  visit(ROOT, []);
  for (const name of needs.keys()) if (!finished.has(name)) visit(name, [name]);
}
