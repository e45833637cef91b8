/** A JSON Schema (2020-12) from a customer. It is unchecked, so every keyword is tested before use. */
export type Json = Record<string, unknown>;

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function asObject(value: unknown): Json {
  return isObject(value) ? value : {};
}

export function asArray(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The steps of a reference within the document (RFC 6901); undefined for any other reference. */
export function stepsOf(ref: string): string[] | undefined {
  if (!/^#(\/|$)/.test(ref)) return undefined;
  const steps = ref.slice(1).split("/").slice(1).map(unescaped);
  return steps.every((step) => step !== undefined) ? steps : undefined;
}

/** The target of a `$ref` within the document; undefined when there is none. */
export function resolveRef(ref: string, root: Json): unknown {
  const steps = stepsOf(ref);
  if (steps === undefined) return undefined;
  let current: unknown = root;
  for (const key of steps) {
    if (Array.isArray(current)) current = current[Number(key)];
    else current = isObject(current) && Object.hasOwn(current, key) ? current[key] : undefined;
  }
  return current;
}

function unescaped(step: string): string | undefined {
  try {
    return decodeURIComponent(step).replaceAll("~1", "/").replaceAll("~0", "~");
  } catch {
    return undefined;
  }
}

/** The path of a subschema as the customer would write it: `….properties.name`, `….anyOf[1]`. */
export function under(at: string, ...steps: (string | number)[]): string {
  return steps.reduce<string>((path, step) => {
    if (typeof step === "number") return `${path}[${step}]`;
    return /^[\w$-]{1,64}$/.test(step) ? `${path}.${step}` : `${path}[${JSON.stringify(step.slice(0, 64))}]`;
  }, at);
}

/** Keywords whose value is a schema, a list of schemas, or schemas by name. */
const single = [
  "items",
  "additionalItems",
  "additionalProperties",
  "unevaluatedItems",
  "unevaluatedProperties",
  "contains",
  "propertyNames",
  "contentSchema",
  "not",
  "if",
  "then",
  "else",
] as const;
const lists = ["prefixItems", "anyOf", "oneOf", "allOf"] as const;
const named = ["properties", "patternProperties", "dependentSchemas", "$defs", "definitions"] as const;

export interface Child {
  schema: unknown;
  at: string;
  keyword: string;
}

/** The direct subschemas. A list under `items` is a tuple of older drafts. */
export function* childrenOf(schema: Json, at: string): Generator<Child> {
  for (const keyword of single) {
    const value = schema[keyword];
    if (value === undefined) continue;
    if (keyword === "items" && Array.isArray(value)) yield* listed(value, under(at, keyword), keyword);
    else yield { schema: value, at: under(at, keyword), keyword };
  }
  for (const keyword of lists) yield* listed(asArray(schema[keyword]), under(at, keyword), keyword);
  for (const keyword of named) {
    for (const [name, child] of Object.entries(asObject(schema[keyword]))) {
      yield { schema: child, at: under(at, keyword, name), keyword };
    }
  }
}

function* listed(values: readonly unknown[], at: string, keyword: string): Generator<Child> {
  for (const [index, schema] of values.entries()) yield { schema, at: `${at}[${index}]`, keyword };
}
