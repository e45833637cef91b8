import { isDeepStrictEqual } from "node:util";
import { AppError } from "../../../platform/errors";
import { areExclusive, type Proof } from "./exclusive";
import { mergeAllOf } from "./merge-all-of";
import { asArray, asObject, isObject, type Json, resolveRef, stepsOf, under } from "./schema";

/**
 * A response schema in the part of JSON Schema that Gemini's `responseJsonSchema` holds answers to. It takes no notice
 * of any other keyword and says nothing, so nothing may be left to it: what can be said another way is rewritten (const,
 * allOf, nullable, tuples of older drafts, references), and what cannot is refused by name where the caller wants to
 * rely on it (`strict`), else told to the model in words, as guidance is all that was asked for.
 *
 * Google's list: ai.google.dev/api/generate-content, GenerationConfig.responseJsonSchema.
 */

const carriedOver = ["title", "format", "minimum", "maximum", "minItems", "maxItems"] as const;
/** Say nothing about the answer. */
const silent = new Set([
  "$schema",
  "$id",
  "$comment",
  "$anchor",
  "$vocabulary",
  "$defs",
  "definitions",
  "description",
]);
/** Guide, and bind nobody. */
const guiding = new Set(["default", "examples", "example", "deprecated", "readOnly", "writeOnly"]);
/** Bound something, but not when they stand like this. */
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

/** Merging and writing out references can multiply what was sent. */
const MAX_NODES = 10_000;
const MAX_DEPTH = 200;
const MAX_CHAIN = 100;
const MAX_PROOF_STEPS = 100_000;

interface Walk {
  root: Json;
  /** Where the root stands in the request. */
  base: string;
  strict: boolean;
  /** Our name of what each reference leads to; its schema is converted in its turn. */
  names: Map<string, string>;
  /** Which definition needs which without an optional property in between. */
  needs: Map<string, Map<string, string>>;
  left: number;
  proof: Proof;
}

interface Place {
  at: string;
  depth: number;
  /** The definition this is part of, and whether a value can do without it. */
  owner: string;
  optional: boolean;
}

const ROOT = "";

/**
 * @param at where the schema stands in the request.
 * @throws AppError `unsupported_parameter`; `param` names the keyword.
 */
export function geminiResponseSchema(schema: Json, { at, strict }: { at: string; strict: boolean }): Json {
  const names = new Map<string, string>();
  const proof: Proof = { root: schema, left: MAX_PROOF_STEPS };
  const walk: Walk = { root: schema, base: at, strict, names, needs: new Map(), left: MAX_NODES, proof };
  const converted = asObject(convert(schema, { at, depth: 0, owner: ROOT, optional: false }, walk));
  const defs: Json = {};
  // The map grows while it is walked: a definition may name further ones.
  for (const [ref, name] of names) {
    const place = { at: under(at, ...(stepsOf(ref) ?? [])), depth: 0, owner: name, optional: false };
    defs[name] = convert(resolveRef(ref, schema), place, walk);
  }
  assertCanEnd(walk);
  return names.size === 0 ? converted : { ...converted, $defs: defs };
}

function cannot(param: string, why = "This model's provider does not hold answers to it"): AppError {
  return new AppError("unsupported_parameter", { public: `${param} is not supported. ${why}.`, param });
}

function convert(schema: unknown, place: Place, walk: Walk): unknown {
  walk.left -= 1;
  if (walk.left < 0 || place.depth > MAX_DEPTH) {
    throw cannot(
      place.at,
      "With its references written out, this schema is larger than the model's provider takes",
    );
  }
  if (schema === false) throw cannot(place.at, "A value that no answer can have cannot be asked for");
  if (!isObject(schema)) return {};
  if (schema.$dynamicRef !== undefined) throw cannot(under(place.at, "$dynamicRef"));
  if (typeof schema.$ref === "string") return convertReference(schema, schema.$ref, place, walk);
  if (schema.allOf !== undefined) return convert(merged(schema, place, walk), deeper(place), walk);
  if (schema.nullable === true) {
    const { nullable: _, ...rest } = schema;
    return { anyOf: [convert(rest, deeper(place), walk), { type: "null" }] };
  }
  return convertPlain(schema, place, walk);
}

function deeper(place: Place, more: Partial<Place> = {}): Place {
  return { ...place, ...more, depth: place.depth + 1 };
}

/** Gemini takes nothing beside a reference: words go around it, and what binds is merged into what it leads to. */
function convertReference(schema: Json, ref: string, place: Place, walk: Walk): unknown {
  const { $ref: _, ...beside } = schema;
  const binding = Object.keys(beside).filter(
    (keyword) => !silent.has(keyword) && !guiding.has(keyword) && keyword !== "title",
  );
  if (binding.length === 0) {
    const reference = { $ref: `#/$defs/${define(ref, place, walk)}` };
    const words = describe(beside, [], walk.strict, place.at);
    return Object.keys(words).length === 0 ? reference : { ...words, anyOf: [reference] };
  }
  return convert(merged({ allOf: [{ $ref: ref }], ...beside }, place, walk), deeper(place), walk);
}

function define(ref: string, { at, owner, optional }: Place, walk: Walk): string {
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

/** A schema with its `allOf` and the references in it written out into one. */
function merged(schema: Json, place: Place, walk: Walk): Json {
  const { allOf, ...own } = schema;
  const parts = [...asArray(allOf), own].map((part) => written(part, place, walk, new Set()));
  const one = mergeAllOf(parts);
  if (one === undefined) throw cannot(under(place.at, "allOf"), "Its parts cannot be written as one schema");
  return one;
}

function written(part: unknown, place: Place, walk: Walk, following: ReadonlySet<string>): Json {
  walk.left -= 1;
  if (part === false || walk.left < 0 || following.size > MAX_CHAIN) throw cannot(under(place.at, "allOf"));
  const schema = asObject(part);
  const { $ref: ref, allOf, ...own } = schema;
  if (typeof ref !== "string" && allOf === undefined) return schema;
  if (typeof ref === "string" && following.has(ref))
    throw cannot(under(place.at, "$ref"), "It leads back to itself");
  const on = typeof ref === "string" ? new Set([...following, ref]) : following;
  const parts = [
    ...(typeof ref === "string" ? [written(resolveRef(ref, walk.root), place, walk, on)] : []),
    ...asArray(allOf).map((each) => written(each, place, walk, on)),
    own,
  ];
  const one = mergeAllOf(parts);
  if (one === undefined) throw cannot(under(place.at, "allOf"), "Its parts cannot be written as one schema");
  return one;
}

function convertPlain(schema: Json, place: Place, walk: Walk): Json {
  const { at } = place;
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
  convertObject(schema, result, place, walk, done);
  convertArray(schema, result, place, walk, done);
  convertUnions(schema, result, place, walk, done);
  const words = describe(schema, [...done], walk.strict, at);
  return withValues(schema, { ...words, ...result }, at, walk.strict);
}

/**
 * Gemini reads `oneOf` as `anyOf`. Where no value can be of two branches both mean the same; elsewhere only the half of
 * it that Gemini holds is sent, and that one branch alone must fit is left over.
 */
function convertUnions(schema: Json, result: Json, place: Place, walk: Walk, done: Set<string>): void {
  const options = (keyword: "anyOf" | "oneOf") =>
    asArray(schema[keyword]).map((option, index) =>
      convert(option, deeper(place, { at: `${under(place.at, keyword)}[${index}]` }), walk),
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
    // Exact, as its branches are: what only guides could make two of them fit, and is told in words instead.
    result.oneOf = options("oneOf");
    done.add("oneOf");
  }
}

function convertObject(schema: Json, result: Json, place: Place, walk: Walk, done: Set<string>): void {
  const required = asArray(schema.required).map(String);
  if (required.length > 0) result.required = [...new Set(required)];
  const rest = schema.patternProperties === undefined ? schema.additionalProperties : undefined;
  const own = asObject(schema.properties);
  const unnamed = required.filter((name) => !Object.hasOwn(own, name));
  if (rest === false && unnamed.length > 0) {
    throw cannot(under(place.at, "required"), "It names a property that additionalProperties forbids");
  }
  // A required property must be one of those named; its value is then bound as any other unnamed one.
  const properties = [
    ...Object.entries(own),
    ...unnamed.map((name): [string, unknown] => [name, rest ?? true]),
  ];
  if (properties.length > 0 || isObject(schema.properties)) {
    result.properties = Object.fromEntries(
      properties.map(([name, child]) => {
        const at = under(place.at, "properties", name);
        const optional = place.optional || !required.includes(name);
        return [name, convert(child, deeper(place, { at, optional }), walk)];
      }),
    );
  }
  for (const keyword of ["required", "properties"]) done.add(keyword);
  if (rest === undefined) return;
  done.add("additionalProperties");
  const at = under(place.at, "additionalProperties");
  result.additionalProperties =
    typeof rest === "boolean" ? rest : convert(rest, deeper(place, { at, optional: true }), walk);
}

/** A tuple stands under `items` in older drafts, and what follows it under `additionalItems`. */
function convertArray(schema: Json, result: Json, place: Place, walk: Walk, done: Set<string>): void {
  const old = Array.isArray(schema.items);
  const first = old ? asArray(schema.items) : asArray(schema.prefixItems);
  const rest = old ? schema.additionalItems : schema.items;
  for (const keyword of ["items", "prefixItems", "additionalItems"]) done.add(keyword);
  if (first.length > 0) {
    result.prefixItems = first.map((child, index) =>
      convert(
        child,
        deeper(place, { at: `${under(place.at, old ? "items" : "prefixItems")}[${index}]` }),
        walk,
      ),
    );
  }
  if (rest === undefined || rest === true) return;
  if (rest === false) {
    result.maxItems = Math.min(Number(schema.maxItems ?? Infinity), first.length);
    return;
  }
  const at = under(place.at, old ? "additionalItems" : "items");
  result.items = convert(rest, deeper(place, { at }), walk);
}

/** `const` and `enum`, where Gemini takes texts and numbers only. */
function withValues(schema: Json, result: Json, at: string, strict: boolean): Json {
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

/** Another union beside the values binds as well: each value is then one of both. */
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

/** What is left over: refused where it must bind, told in words where it only guides. */
function describe(schema: Json, done: readonly string[], strict: boolean, at: string): Json {
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

/** Gemini unrolls a schema that contains itself only where a value may do without it. */
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
