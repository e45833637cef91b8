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
    const typed: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(query)) {
      const [, outer = "", inner = ""] = /^(\w+)\[(.*)\]$/s.exec(name) ?? [];
      if (types[outer] === "object") set(entriesOf(typed, outer), inner, value);
      else set(typed, name, coerce(value, types[name]));
    }
    return typed;
  };
}

/** `metadata[job]=nightly`: the object that gathers them. */
function entriesOf(typed: Record<string, unknown>, name: string): Record<string, unknown> {
  const known = typed[name];
  if (isRecord(known)) return known;
  const entries: Record<string, unknown> = {};
  set(typed, name, entries);
  return entries;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** `__proto__` too is only a name here. */
function set(target: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
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
