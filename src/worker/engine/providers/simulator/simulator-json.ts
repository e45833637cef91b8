/** A JSON Schema as callers send it: unchecked, so every keyword is looked at before it is trusted. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const MAX_DEPTH = 24;
const MAX_VALUES = 2_000;
const MAX_LENGTH = 10_000;
/** Longer texts count as several values. */
const LENGTH_OF_A_VALUE = 100;
/** Each step copies the schema that it is at. */
const KEYWORDS_OF_A_VALUE = 50;

/** One walk through a schema. `left` bounds the work: a schema that refers to itself twice doubles at every level. */
type Walk = { root: JsonSchema; text: string; left: number };

/**
 * The smallest value that satisfies a JSON Schema (2020-12, and Gemini's OpenAPI subset with upper-case types), made
 * the same way every time. Strings carry `text`, so that an answer still has to do with its prompt.
 * Keywords that describe a set without naming a member (`pattern`, `not`) are not solved.
 */
export function simulateJson(schema: unknown, text: string): unknown {
  return build(asSchema(schema), { root: asSchema(schema), text, left: MAX_VALUES }, 0);
}

function build(schema: JsonSchema, walk: Walk, depth: number): unknown {
  walk.left -= 1 + Math.floor(Object.keys(schema).length / KEYWORDS_OF_A_VALUE);
  if (depth > MAX_DEPTH || walk.left < 0) return null;
  const resolved = resolve(schema, walk.root);
  if (resolved !== schema) return build(resolved, walk, depth + 1);
  if ("const" in schema) return counted(schema.const, walk);
  if (Array.isArray(schema.enum) && schema.enum.length > 0) return counted(schema.enum[0], walk);
  for (const keyword of ["anyOf", "oneOf"]) {
    const options = schema[keyword];
    if (Array.isArray(options) && options.length > 0) {
      return build({ ...omit(schema, keyword), ...asSchema(options[0]) }, walk, depth + 1);
    }
  }
  if (Array.isArray(schema.allOf)) {
    return build(mergeAll(schema, walk.root), walk, depth + 1);
  }
  switch (typeOf(schema)) {
    case "object":
      return buildObject(schema, walk, depth);
    case "array":
      return Array.from({ length: Math.min(number(schema.minItems) ?? 1, 100) }, () =>
        build(asSchema(schema.items), walk, depth + 1),
      );
    case "integer":
      return buildNumber(schema, 1);
    case "number":
      return buildNumber(schema, number(schema.multipleOf) ?? 0.5);
    case "boolean":
      return true;
    case "null":
      return null;
    default:
      return buildString(schema, walk);
  }
}

function buildObject(schema: JsonSchema, walk: Walk, depth: number): Record<string, unknown> {
  const properties = asSchema(schema.properties);
  const required = asArray(schema.required).slice(0, MAX_VALUES).map(String);
  const names = new Set([...Object.keys(properties), ...required]);
  const wanted = depth > 6 ? required : [...names];
  return Object.fromEntries(wanted.map((name) => [name, build(asSchema(properties[name]), walk, depth + 1)]));
}

function buildNumber(schema: JsonSchema, step: number): number {
  const whole = typeOf(schema) === "integer";
  const unit = number(schema.multipleOf) ?? (whole ? 1 : step);
  const exclusive = number(schema.exclusiveMinimum);
  const lowest = number(schema.minimum) ?? (exclusive === undefined ? undefined : exclusive + unit / 2);
  const highest = number(schema.maximum) ?? number(schema.exclusiveMaximum);
  const start = lowest ?? (highest === undefined ? unit : Math.min(unit, highest - unit));
  return Math.ceil(start / unit) * unit;
}

const FORMATS: Readonly<Record<string, string>> = {
  "date-time": "2026-01-01T00:00:00Z",
  date: "2026-01-01",
  time: "00:00:00Z",
  duration: "PT1H",
  email: "person@example.com",
  hostname: "example.com",
  ipv4: "192.0.2.1",
  ipv6: "2001:db8::1",
  uri: "https://example.com/",
  uuid: "00000000-0000-4000-8000-000000000000",
};

function buildString(schema: JsonSchema, walk: Walk): string {
  const format = FORMATS[String(schema.format)];
  if (format !== undefined) return format;
  const shortest = Math.min(number(schema.minLength) ?? 0, MAX_LENGTH);
  const longest = Math.min(number(schema.maxLength) ?? Math.max(80, shortest), MAX_LENGTH);
  // A character of UTF-16 may be half of one.
  const characters = [...walk.text.slice(0, 2 * longest).padEnd(shortest, ".")];
  const built = characters.slice(0, Math.max(longest, 0)).join("");
  return counted(built, walk);
}

function counted<Value>(value: Value, walk: Walk): Value {
  walk.left -= Math.floor((JSON.stringify(value)?.length ?? 0) / LENGTH_OF_A_VALUE);
  return value;
}

function typeOf(schema: JsonSchema): string {
  const named = Array.isArray(schema.type) ? schema.type.find((type) => type !== "null") : schema.type;
  if (typeof named === "string") return named.toLowerCase();
  if (Object.keys(asSchema(schema.properties)).length > 0 || asArray(schema.required).length > 0)
    return "object";
  if ("items" in schema) return "array";
  return "string";
}

/** Follows a `$ref` inside the document; a reference to anything else is an empty schema. */
function resolve(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const reference = schema.$ref;
  if (typeof reference !== "string") return schema;
  const path = reference.replace(/^#\/?/, "").split("/").filter(Boolean);
  return path.reduce<JsonSchema>(
    (at, key) => asSchema(at[key.replaceAll("~1", "/").replaceAll("~0", "~")]),
    root,
  );
}

function mergeAll(schema: JsonSchema, root: JsonSchema): JsonSchema {
  const parts = [
    omit(schema, "allOf"),
    ...asArray(schema.allOf).map((part) => resolve(asSchema(part), root)),
  ];
  const properties = Object.assign({}, ...parts.map((part) => asSchema(part.properties)));
  const required = parts.flatMap((part) => asArray(part.required));
  return Object.assign({}, ...parts, { properties, required });
}

const number = (value: unknown) => (typeof value === "number" && Number.isFinite(value) ? value : undefined);
const asArray = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const omit = (schema: JsonSchema, keyword: string): JsonSchema =>
  Object.fromEntries(Object.entries(schema).filter(([key]) => key !== keyword));

function asSchema(value: unknown): JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
