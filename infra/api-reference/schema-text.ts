import type { Schema } from "./document";

/** Cells of a table are one line, and a bar ends them. */
export function escapeCell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll(/\s*\n\s*/g, " ");
}

/** `string or null`, `array of [Message](#message)`, `"live" or "test"`. */
export function describeType(schema: Schema): string {
  const { $ref, type, format, items, anyOf, oneOf, allOf, additionalProperties } = schema;
  if ($ref !== undefined) {
    const name = $ref.split("/").at(-1) ?? "";
    return `[${name}](#${name.toLowerCase()})`;
  }
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum !== undefined) return either(schema.enum.map((value) => `\`${JSON.stringify(value)}\``));
  const several = anyOf ?? oneOf;
  if (several !== undefined) return either([...new Set(several.map(describeType))]);
  if (allOf !== undefined) return [...new Set(allOf.map(describeType))].join(" and ");
  if (Array.isArray(type)) return either(type.map((one) => describeType({ ...schema, type: one })));
  if (type === "array") return `array of ${describeType(items ?? {})}`;
  if (type === "object" && typeof additionalProperties === "object")
    return `object of ${describeType(additionalProperties)}`;
  return `${type ?? "any"}${format === undefined ? "" : ` (${format})`}${limits(schema)}`;
}

const either = (types: readonly string[]): string => types.join(" or ");

function limits({ minimum, maximum, minLength, maxLength, maxItems }: Schema): string {
  const parts = [
    minimum !== undefined && `from ${minimum}`,
    maximum !== undefined && `to ${maximum}`,
    minLength !== undefined && minLength > 0 && `at least ${minLength} characters`,
    maxLength !== undefined && `at most ${maxLength} characters`,
    maxItems !== undefined && `at most ${maxItems}`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? "" : `, ${parts.join(" ")}`;
}

/** A table of an object's fields, those of objects within it by their path; of anything else its type. */
export function describeFields(schema: Schema): string {
  const rows = fieldsOf(schema, "");
  if (rows.length === 0) return describeType(schema);
  return ["| field | type | meaning |", "|---|---|---|", ...rows].join("\n");
}

function fieldsOf({ properties = {}, required = [], allOf = [] }: Schema, prefix: string): string[] {
  return [
    ...Object.entries(properties).flatMap(([name, field]) => {
      const path = `${prefix}${name}`;
      const standard = field.default === undefined ? "" : ` Default: \`${JSON.stringify(field.default)}\`.`;
      const optional = required.includes(name) || field.default !== undefined ? "" : ", optional";
      const row = `| \`${path}\` | ${escapeCell(describeType(field))}${optional} | ${escapeCell(`${field.description ?? ""}${standard}`.trim())} |`;
      return [row, ...fieldsOf(field, `${path}.`), ...fieldsOf(field.items ?? {}, `${path}[].`)];
    }),
    ...allOf.flatMap((part) => fieldsOf(part, prefix)),
  ];
}
