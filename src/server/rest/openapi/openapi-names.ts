import {
  chatMessageSchema,
  historyItemSchema,
  outputSchema,
  receiptSchema,
  toolCallSchema,
  usageViewSchema,
  wireMessageSchema,
  wireToolCallSchema,
} from "@agathaai/core/inference";
import { modelViewSchema } from "@agathaai/core/models";
import { apiErrorSchema } from "@agathaai/core/platform/schemas/api-error";
import { usageTotalsSchema } from "@agathaai/core/usage";
import { z } from "zod";

/**
 * What a generated client should call by name, also where it stands inside another schema. None is called `Error`: that
 * would hide the language's own in most clients.
 */
const names: Record<string, z.ZodType> = {
  ApiError: apiErrorSchema,
  HistoryItem: historyItemSchema,
  Message: wireMessageSchema,
  Model: modelViewSchema,
  Output: outputSchema,
  Receipt: receiptSchema,
  StoredMessage: chatMessageSchema,
  ToolCall: toolCallSchema,
  ToolCallInput: wireToolCallSchema,
  Usage: usageViewSchema,
  UsageTotals: usageTotalsSchema,
};

/** Once a process: the names are the schemas' own from then on. */
export function nameSchemas(): void {
  for (const [id, schema] of Object.entries(names)) {
    if (z.globalRegistry.get(schema)?.id === id) continue;
    z.globalRegistry.add(schema, { ...z.globalRegistry.get(schema), id });
  }
}

const namedSchemas = new WeakMap<z.ZodType, z.ZodType>();

/** The schema as a component of this name; one and the same wherever it is used. */
export function named(schema: z.ZodType, id: string): z.ZodType {
  if (z.globalRegistry.get(schema)?.id === id) return schema;
  const known = namedSchemas.get(schema) ?? schema.meta({ id });
  namedSchemas.set(schema, known);
  return known;
}

const anyJson = { description: "Any JSON value." };

interface Document {
  components: { schemas: Record<string, Record<string, unknown>> };
}

/**
 * The only schemas without a name are those of any JSON value. Written out they are recursive, which generated clients
 * cannot compile (a type that refers to itself); a schema without conditions says the same and becomes `unknown`.
 */
export function nameJsonValues(document: string): string {
  const parsed: Document = JSON.parse(document);
  const { schemas } = parsed.components;
  const nameless = Object.keys(schemas).filter((name) => /^__schema\d+$/.test(name));
  for (const name of nameless) {
    if (!JSON.stringify(schemas[name]).includes('"type":"null"'))
      throw new Error(`a recursive schema of the API document has no name: ${JSON.stringify(schemas[name])}`);
    delete schemas[name];
  }
  if (nameless.length === 0) return document;
  schemas.JsonValue = anyJson;
  return JSON.stringify(parsed).replaceAll(/__schema\d+/g, "JsonValue");
}
