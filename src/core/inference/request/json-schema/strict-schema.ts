import { AppError } from "../../../platform";
import { asArray, asObject, childrenOf, isObject, type Json, under } from "./schema";

const unknownToIt = [
  "allOf",
  "oneOf",
  "not",
  "dependentRequired",
  "dependentSchemas",
  "if",
  "then",
  "else",
  "patternProperties",
  "propertyNames",
  "unevaluatedProperties",
  "unevaluatedItems",
  "contains",
];

/**
 * Checks the subset that OpenAI enforces with `strict: true`: every object closed, every property required, and only
 * some keywords. OpenAI refuses the rest during the call; we refuse it before.
 * @throws AppError `invalid_request` or `unsupported_parameter`; `param` names the keyword.
 */
export function checkStrictSchema(schema: Json, at: string): void {
  const keyword = unknownToIt.find((name) => schema[name] !== undefined);
  if (keyword !== undefined) {
    const param = under(at, keyword);
    throw new AppError("unsupported_parameter", {
      public: `${param} is not supported with strict: true.`,
      param,
    });
  }
  if (schema.type === "object" || isObject(schema.properties)) checkObject(schema, at);
  for (const child of childrenOf(schema, at)) {
    if (isObject(child.schema)) checkStrictSchema(child.schema, child.at);
  }
}

function checkObject(schema: Json, at: string): void {
  if (schema.additionalProperties !== false) {
    throw refuse(under(at, "additionalProperties"), "must be false with strict: true.");
  }
  const required = new Set(asArray(schema.required));
  const open = Object.keys(asObject(schema.properties)).find((name) => !required.has(name));
  if (open === undefined) return;
  throw refuse(
    under(at, "required"),
    `must name every property with strict: true; ${under("", open).slice(1)} is missing.`,
  );
}

function refuse(param: string, message: string): AppError {
  return new AppError("invalid_request", { public: `${param} ${message}`, param });
}
