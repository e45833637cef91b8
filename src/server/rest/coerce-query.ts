import { z } from "zod";

type Query = Record<string, string | string[]>;

/**
 * A query is all text. Where an operation's schema asks for a number, a boolean or a list, this gives it the query's
 * text in that type; whatever does not read as one stays text, for the schema to refuse by name. Bodies never pass
 * here: `"5"` in JSON is a string.
 */
export function queryCoercion(input: z.ZodType | undefined): (query: Query) => Record<string, unknown> {
  const types = input === undefined ? {} : propertyTypes(input);
  return (query) => {
    return Object.fromEntries(
      Object.entries(query).map(([name, value]) => [name, coerce(value, types[name])]),
    );
  };
}

function coerce(value: string | string[], type: string | undefined): unknown {
  if (type === "array") return [value].flat();
  if (typeof value !== "string") return value;
  if ((type === "integer" || type === "number") && /^-?\d{1,15}(\.\d{1,15})?$/.test(value))
    return Number(value);
  if (type === "boolean" && (value === "true" || value === "false")) return value === "true";
  return value;
}

function propertyTypes(input: z.ZodType): Record<string, string | undefined> {
  const { properties = {} } = z.toJSONSchema(input, { io: "input", unrepresentable: "any" });
  return Object.fromEntries(
    Object.entries(properties).map(([name, property]) => [
      name,
      typeof property === "object" && typeof property.type === "string" ? property.type : undefined,
    ]),
  );
}
