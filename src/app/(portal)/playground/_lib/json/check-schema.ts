import { orList } from "@/components/format/list";
import { type Path, problemAt, readJson, type TextProblem } from "./read-json";

const types = ["object", "array", "string", "number", "integer", "boolean", "null"];

interface SchemaProblem {
  path: Path;
  message: string;
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * A JSON Schema as a person writes it: the first thing wrong with it, or its value. Looks for the mistakes that providers
 * refuse without saying where; whether it supports every keyword, the provider decides.
 */
export function readSchema(
  text: string,
  { strict = false }: { strict?: boolean } = {},
): { schema: Record<string, unknown> } | { problem: TextProblem } {
  const read = readJson(text);
  if ("problem" in read) return read;
  const { value, offsetOf } = read.json;
  const [first] = isObject(value)
    ? [...rootProblems(value), ...problemsOf(value, [], strict)]
    : [{ path: [], message: "Expected a schema: { … }" }];
  if (first !== undefined) return { problem: problemAt(text, offsetOf(first.path), first.message) };
  return { schema: isObject(value) ? value : {} };
}

function* rootProblems(schema: Record<string, unknown>): Generator<SchemaProblem> {
  if (schema.type !== "object" && !("$ref" in schema)) {
    yield { path: ["type"], message: 'The outermost "type" must be "object"' };
  }
}

function* problemsOf(schema: unknown, path: Path, strict: boolean): Generator<SchemaProblem> {
  if (typeof schema === "boolean") return;
  if (!isObject(schema)) {
    yield { path, message: "Expected a schema: { … }" };
    return;
  }
  yield* typeProblems(schema, path);
  yield* propertyProblems(schema, path, strict);
  if ("items" in schema) yield* problemsOf(schema.items, [...path, "items"], strict);
  if ("enum" in schema && !(Array.isArray(schema.enum) && schema.enum.length > 0)) {
    yield { path: [...path, "enum"], message: '"enum" must list at least one value' };
  }
  for (const keyword of ["anyOf", "oneOf", "allOf"]) {
    if (!(keyword in schema)) continue;
    const options = schema[keyword];
    if (!Array.isArray(options) || options.length === 0) {
      yield { path: [...path, keyword], message: `"${keyword}" must list at least one schema` };
      continue;
    }
    for (const [index, option] of options.entries())
      yield* problemsOf(option, [...path, keyword, index], strict);
  }
  if (isObject(schema.$defs)) {
    for (const [name, definition] of Object.entries(schema.$defs)) {
      yield* problemsOf(definition, [...path, "$defs", name], strict);
    }
  }
}

function* typeProblems({ type }: Record<string, unknown>, path: Path): Generator<SchemaProblem> {
  if (type === undefined) return;
  const named: unknown[] = Array.isArray(type) ? type : [type];
  const unknown = named.find((name) => typeof name !== "string" || !types.includes(name));
  if (unknown === undefined) return;
  yield {
    path: [...path, "type"],
    message: `${JSON.stringify(unknown)} isn’t a type. Use ${orList(types)}`,
  };
}

function* propertyProblems(
  schema: Record<string, unknown>,
  path: Path,
  strict: boolean,
): Generator<SchemaProblem> {
  const { properties, required } = schema;
  if (properties !== undefined && !isObject(properties)) {
    yield { path: [...path, "properties"], message: '"properties" must be an object of schemas by name' };
    return;
  }
  const names = Object.keys(properties ?? {});
  for (const name of names) yield* problemsOf(properties?.[name], [...path, "properties", name], strict);
  if (required !== undefined) {
    if (!Array.isArray(required) || required.some((name) => typeof name !== "string")) {
      yield { path: [...path, "required"], message: '"required" must be a list of names' };
      return;
    }
    const missing = required.findIndex((name) => !names.includes(String(name)));
    if (missing >= 0) {
      yield {
        path: [...path, "required", missing],
        message: `"required" names ${JSON.stringify(required[missing])}, which isn’t among the properties`,
      };
    }
  }
  const isObjectType = schema.type === "object" || properties !== undefined;
  if (!strict || !isObjectType) return;
  if (schema.additionalProperties !== false) {
    yield {
      path: [...path, "additionalProperties"],
      message: 'Strict mode needs "additionalProperties": false here',
    };
  }
  const optional = names.find((name) => !(Array.isArray(required) && required.includes(name)));
  if (optional !== undefined) {
    yield {
      path: [...path, "properties", optional],
      message: `Strict mode needs "${optional}" in "required"`,
    };
  }
}
