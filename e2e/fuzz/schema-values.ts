import fc from "fast-check";
import type { Json, Schema } from "../support/contract";
import { hostile, hostileText } from "./hostile";

export function arbitraryOf(
  given: Schema,
  resolve: (schema: Schema) => Schema,
  depth = 0,
): fc.Arbitrary<Json> {
  const good = goodValueOf(resolve(given), resolve, depth);
  return fc.oneof({ weight: depth === 0 ? 20 : 9, arbitrary: good }, hostile);
}

function goodValueOf(schema: Schema, resolve: (schema: Schema) => Schema, depth: number): fc.Arbitrary<Json> {
  if (depth > 5) return fc.constant(null);
  const branches = (schema.oneOf ?? schema.anyOf) as Schema[] | undefined;
  if (branches !== undefined)
    return fc.oneof(...branches.map((branch) => arbitraryOf(branch, resolve, depth + 1)));
  if (schema.const !== undefined) return fc.constant(schema.const as Json);
  if (Array.isArray(schema.enum)) return fc.constantFrom(...(schema.enum as Json[]));
  const number = (name: string) => (typeof schema[name] === "number" ? (schema[name] as number) : undefined);
  switch (schema.type) {
    case "string": {
      const [min, max] = [number("minLength") ?? 0, number("maxLength") ?? 200];
      const examples = [schema.example, schema.default].filter((each) => typeof each === "string");
      return fc.oneof(
        ...(examples.length > 0 ? [fc.constantFrom(...examples)] : []),
        ...(schema.format === "date-time"
          ? [fc.date({ noInvalidDate: true }).map((date) => date.toISOString())]
          : []),
        ...(schema.format === "email" ? [fc.emailAddress()] : []),
        fc.constantFrom("gpt-4o", "gemini-pro", "Hello"),
        fc.string({ unit: "grapheme", minLength: Math.min(min, 200), maxLength: Math.min(max, 400) }),
        fc
          .constantFrom(min, Math.min(max, 5_000), Math.min(max, 5_000) + 1)
          .map((length) => "x".repeat(length)),
      );
    }
    case "integer":
    case "number": {
      const [min, max] = [number("minimum") ?? -5, number("maximum") ?? 1_000];
      return fc.oneof(
        schema.type === "integer"
          ? fc.integer({
              min: Math.ceil(Math.max(min, -(2 ** 31))),
              max: Math.floor(Math.min(max, 2 ** 31 - 1)),
            })
          : fc.double({ min, max, noNaN: true }),
        fc.constantFrom(min, max, min - 1, max + 1),
      );
    }
    case "boolean":
      return fc.boolean();
    case "null":
      return fc.constant(null);
    case "array":
      return fc.array(arbitraryOf((schema.items ?? {}) as Schema, resolve, depth + 1), { maxLength: 4 });
    case "object": {
      const properties = Object.entries((schema.properties ?? {}) as Record<string, Schema>);
      const required = (schema.required ?? []) as string[];
      const named = fc.record(
        Object.fromEntries(properties.map(([name, each]) => [name, arbitraryOf(each, resolve, depth + 1)])),
        { requiredKeys: required.filter((name) => properties.some(([known]) => known === name)) },
      );
      const free = schema.additionalProperties;
      if (typeof free !== "object") return named;
      return fc.dictionary(hostileText, arbitraryOf(free as Schema, resolve, depth + 1), { maxKeys: 4 });
    }
    default:
      return hostile;
  }
}

/** Percent-encoded as UTF-8 would be, halves of surrogate pairs included; what is percent-encoded already stays. */
