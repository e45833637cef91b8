import { array, first, firstOf, isObject, type Json, unknownName } from "../rules";

/** The keywords of `responseJsonSchema` (ai.google.dev/api/generate-content). */
const responseKeywords = [
  "$id",
  "$defs",
  "$ref",
  "$anchor",
  "type",
  "format",
  "title",
  "description",
  "enum",
  "items",
  "prefixItems",
  "minItems",
  "maxItems",
  "minimum",
  "maximum",
  "anyOf",
  "oneOf",
  "properties",
  "additionalProperties",
  "required",
  "propertyOrdering",
];
/** Those of `Schema`, the older field, which is a part of OpenAPI 3.0. */
const openApiKeywords = [
  "type",
  "format",
  "title",
  "description",
  "nullable",
  "enum",
  "items",
  "minItems",
  "maxItems",
  "minimum",
  "maximum",
  "minLength",
  "maxLength",
  "minProperties",
  "maxProperties",
  "pattern",
  "anyOf",
  "properties",
  "required",
  "propertyOrdering",
  "default",
  "example",
];

/**
 * Google takes no notice of other keywords in a response schema. Here they are refused: what means nothing there must
 * not be sent, and a test could not see it otherwise.
 */
export function responseSchemaProblem(schema: unknown, at: string): string | undefined {
  if (!isObject(schema)) return `Invalid value at '${at}'.`;
  return walk(schema, at, schema);
}

function walk(schema: unknown, at: string, root: Json): string | undefined {
  if (typeof schema === "boolean") return undefined;
  if (!isObject(schema)) return `Invalid value at '${at}'.`;
  return first(
    () => {
      const name = unknownName(schema, responseKeywords);
      return name && `Unsupported keyword "${name}" at '${at}'.`;
    },
    () =>
      schema.$ref !== undefined && Object.keys(schema).some((name) => !name.startsWith("$"))
        ? `$ref at '${at}' must stand alone.`
        : undefined,
    () => (schema.$ref === undefined ? undefined : referenceProblem(schema.$ref, at, root)),
    () =>
      array(schema.enum).every((value) => ["string", "number"].includes(typeof value))
        ? undefined
        : `Enum values at '${at}' must be strings or numbers.`,
    () =>
      array(schema.required).every(
        (name) => isObject(schema.properties) && Object.hasOwn(schema.properties, String(name)),
      )
        ? undefined
        : `Required properties at '${at}' are not defined.`,
    () =>
      firstOf(Object.entries(isObject(schema.properties) ? schema.properties : {}), ([name, child]) =>
        walk(child, `${at}.properties[${name}]`, root),
      ),
    () =>
      firstOf(Object.entries(isObject(schema.$defs) ? schema.$defs : {}), ([name, child]) =>
        walk(child, `${at}.$defs[${name}]`, root),
      ),
    () =>
      firstOf(["anyOf", "oneOf", "prefixItems"], (keyword) =>
        firstOf(array(schema[keyword]), (child, index) => walk(child, `${at}.${keyword}[${index}]`, root)),
      ),
    () =>
      firstOf(["items", "additionalProperties"], (keyword) =>
        schema[keyword] === undefined ? undefined : walk(schema[keyword], `${at}.${keyword}`, root),
      ),
  );
}

function referenceProblem(ref: unknown, at: string, root: Json): string | undefined {
  const [, name] = /^#\/\$defs\/(\w+)$/.exec(String(ref)) ?? [];
  const defs = isObject(root.$defs) ? root.$defs : {};
  return name !== undefined && Object.hasOwn(defs, name) ? undefined : `$ref at '${at}' leads nowhere.`;
}

/** The older field: one unknown name anywhere refuses the whole request. */
export function openApiSchemaProblem(schema: unknown, at: string): string | undefined {
  if (!isObject(schema)) return `Invalid value at '${at}'.`;
  return first(
    () => {
      const name = unknownName(schema, openApiKeywords);
      return name && `Invalid JSON payload received. Unknown name "${name}" at '${at}': Cannot find field.`;
    },
    () =>
      Array.isArray(schema.type)
        ? `Proto field is not repeating, cannot start list at '${at}.type'.`
        : undefined,
    () =>
      firstOf(array(schema.enum), (value, index) =>
        typeof value === "string"
          ? undefined
          : `Invalid value at '${at}.enum[${index}]' (TYPE_STRING), ${value}`,
      ),
    () =>
      firstOf(Object.entries(isObject(schema.properties) ? schema.properties : {}), ([, child], index) =>
        openApiSchemaProblem(child, `${at}.properties[${index}].value`),
      ),
    () =>
      firstOf(array(schema.anyOf), (child, index) => openApiSchemaProblem(child, `${at}.any_of[${index}]`)),
    () => (schema.items === undefined ? undefined : openApiSchemaProblem(schema.items, `${at}.items`)),
  );
}
