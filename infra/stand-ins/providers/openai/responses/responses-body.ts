import { z } from "zod";

const itemSchema = z.looseObject({
  type: z.string().optional(),
  role: z.string().optional(),
  content: z
    .union([z.string(), z.array(z.looseObject({ type: z.string(), text: z.string().optional() }))])
    .nullish(),
});

/** A request of the Responses API as far as the stand-in reads it; the rules beside it judge the rest. */
export const responsesBodySchema = z.looseObject({
  model: z.string().min(1),
  input: z.union([z.string(), z.array(itemSchema).min(1)]),
  max_output_tokens: z.number().int().positive().nullish(),
  stream: z.boolean().nullish(),
  include: z.array(z.string()).nullish(),
  reasoning: z.looseObject({ effort: z.string().nullish(), summary: z.string().nullish() }).nullish(),
  service_tier: z.string().nullish(),
  tools: z.array(z.looseObject({ type: z.string(), name: z.string(), parameters: z.unknown() })).nullish(),
  tool_choice: z.union([z.string(), z.looseObject({ type: z.string(), name: z.string() })]).nullish(),
  text: z
    .looseObject({
      format: z.looseObject({ type: z.string(), schema: z.unknown().optional() }).nullish(),
    })
    .nullish(),
});
export type ResponsesBody = z.output<typeof responsesBodySchema>;
export type ResponsesItem = z.output<typeof itemSchema>;

export function itemsOf({ input }: ResponsesBody): ResponsesItem[] {
  return typeof input === "string" ? [{ type: "message", role: "user", content: input }] : input;
}

export function itemText({ content }: ResponsesItem): string {
  if (typeof content === "string") return content;
  return (content ?? []).map(({ text }) => text ?? "").join("\n");
}
