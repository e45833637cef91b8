import { z } from "zod";
import { providerIds } from "../../shared/providers";
import { listFields, listSchema } from "../platform/list";

export const providerSchema = z.enum(providerIds);

/** What a request to the model may ask for. A feature that is `false` is refused before it costs anything. */
export const capabilitiesSchema = z.strictObject({
  vision: z.boolean().meta({ description: "Images in user messages." }),
  tools: z.boolean().meta({ description: "`tools` and `tool_choice`." }),
  json_object: z.boolean().meta({ description: 'response_format {"type":"json_object"}.' }),
  json_schema: z.boolean().meta({ description: 'response_format {"type":"json_schema"}.' }),
  temperature: z.boolean().meta({ description: "`temperature` and `top_p`." }),
  reasoning: z.boolean().meta({ description: "Thinks before it answers; thinking counts as output tokens." }),
});

const priceSchema = z.int().nonnegative();

export const modelViewSchema = z.strictObject({
  id: z.string(),
  created_at: z.iso.datetime().meta({ description: "The day (UTC) it was added to the price list." }),
  provider: providerSchema,
  display_name: z.string(),
  available: z.boolean().meta({
    description:
      "False while our operators have turned it off; requests to it are refused with `model_unavailable`.",
  }),
  context_window: z.int().positive().meta({ description: "Tokens of input and output together." }),
  max_output_tokens: z.int().positive(),
  capabilities: capabilitiesSchema,
  input_price_per_million_micros: priceSchema.meta({ description: "Micro-dollars per million tokens." }),
  cached_input_price_per_million_micros: priceSchema,
  output_price_per_million_micros: priceSchema,
  price_version: z.string().meta({
    description: "The price list entry: the upstream model and the day (UTC) these prices took effect.",
  }),
  deprecated: z
    .boolean()
    .meta({ description: "The provider has retired it, or has announced when it will." }),
  successor: z.string().nullable().meta({ description: "The model to move to." }),
  served_by: z.string().meta({ description: "The upstream model that answers today." }),
  notice: z.string().nullable().meta({ description: "For people: what changed and what to do." }),
});

export const listModelsInputSchema = z.strictObject(listFields(100)).prefault({});
export const modelIdInputSchema = z.strictObject({ id: z.string().min(1).max(128) });
export const modelListSchema = listSchema(modelViewSchema);

export type Capabilities = z.output<typeof capabilitiesSchema>;
export type ModelView = z.output<typeof modelViewSchema>;
export type ModelList = z.output<typeof modelListSchema>;
