import type { DraftTool } from "./draft";

const indent = (value: object) => JSON.stringify(value, null, 2);

/** Complete functions to start from. */
export const toolTemplates: { label: string; tool: Omit<DraftTool, "id"> }[] = [
  {
    label: "Current weather",
    tool: {
      name: "get_weather",
      description: "The weather at a place, now",
      parameters: indent({
        type: "object",
        properties: {
          place: { type: "string", description: "A town, with its country" },
          unit: { type: "string", enum: ["celsius", "fahrenheit"] },
        },
        required: ["place", "unit"],
        additionalProperties: false,
      }),
      strict: true,
    },
  },
  {
    label: "Search documents",
    tool: {
      name: "search_documents",
      description: "Finds passages of our documents that answer a question",
      parameters: indent({
        type: "object",
        properties: { query: { type: "string" }, limit: { type: "integer", minimum: 1, maximum: 20 } },
        required: ["query"],
      }),
      strict: false,
    },
  },
  {
    label: "Look up an order",
    tool: {
      name: "get_order",
      description: "An order’s state, by its number",
      parameters: indent({
        type: "object",
        properties: { number: { type: "string" } },
        required: ["number"],
        additionalProperties: false,
      }),
      strict: true,
    },
  },
];

export const blankTool: Omit<DraftTool, "id"> = {
  name: "",
  description: "",
  parameters: indent({ type: "object", properties: {} }),
  strict: false,
};

/** Answer schemas to start from. */
export const schemaTemplates: { label: string; name: string; schema: string }[] = [
  {
    label: "Facts from a text",
    name: "facts",
    schema: indent({
      type: "object",
      properties: {
        facts: {
          type: "array",
          items: {
            type: "object",
            properties: { statement: { type: "string" }, certain: { type: "boolean" } },
            required: ["statement", "certain"],
            additionalProperties: false,
          },
        },
      },
      required: ["facts"],
      additionalProperties: false,
    }),
  },
  {
    label: "One of several labels",
    name: "label",
    schema: indent({
      type: "object",
      properties: {
        label: { type: "string", enum: ["question", "complaint", "praise"] },
        reason: { type: "string" },
      },
      required: ["label", "reason"],
      additionalProperties: false,
    }),
  },
  {
    label: "Contact details",
    name: "person",
    schema: indent({
      type: "object",
      properties: { name: { type: "string" }, email: { type: ["string", "null"] } },
      required: ["name", "email"],
      additionalProperties: false,
    }),
  },
];
