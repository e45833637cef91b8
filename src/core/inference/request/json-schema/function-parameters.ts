import { mergeAllOf } from "./merge-all-of";
import { asArray, asObject, isObject, type Json, resolveRef } from "./schema";
import { TextBudget } from "./text-budget";

/**
 * The schema of a function's arguments, which are always an object: with `type: "object"` and `properties` spelled out,
 * as providers require, and with a top-level reference or `allOf` resolved, which OpenAI refuses there. Undefined for a
 * function without arguments.
 */
export function functionParameters(schema: Json | undefined): Json | undefined {
  if (schema === undefined) return undefined;
  const { $schema: _, ...written } = writtenOut(schema, { left: MAX_PARTS, texts: new TextBudget() });
  return takesSomething(written) ? { type: "object", properties: {}, ...written } : undefined;
}

function takesSomething(schema: Json): boolean {
  const { type: _, properties, required, additionalProperties: rest, ...more } = schema;
  if (Object.keys(asObject(properties)).length > 0 || asArray(required).length > 0) return true;
  if (schema.type !== undefined && schema.type !== "object") return true;
  return rest === true || isObject(rest) || Object.keys(more).some((keyword) => !wordsOnly.has(keyword));
}

const wordsOnly = new Set([
  "title",
  "description",
  "$id",
  "$comment",
  "$defs",
  "definitions",
  "examples",
  "default",
]);

/** The schema of a function without arguments, for providers that require one. */
export const noParameters: Json = { type: "object", properties: {} };

/** Parts that refer to parts multiply with each level. Beyond so many the schema stays as it was written. */
const MAX_PARTS = 1_000;

interface Budget {
  left: number;
  texts: TextBudget;
}

function writtenOut(schema: Json, budget: Budget, followed = 0): Json {
  const { $ref: ref, allOf, ...own } = schema;
  if (!budget.texts.take(own)) budget.left = 0;
  budget.left -= 1;
  if (followed > 8 || budget.left < 0 || (typeof ref !== "string" && allOf === undefined)) return schema;
  const target =
    typeof ref === "string" ? [writtenOut(asObject(resolveRef(ref, schema)), budget, followed + 1)] : [];
  const parts: Json[] = [];
  for (const part of asArray(allOf)) {
    if (budget.left < 0) return schema;
    parts.push(writtenOut({ ...definitions(schema), ...asObject(part) }, budget, followed + 1));
  }
  return mergeAllOf([...target, ...parts, own]) ?? schema;
}

function definitions({ $defs, definitions: old }: Json): Json {
  return { ...($defs !== undefined && { $defs }), ...(old !== undefined && { definitions: old }) };
}
