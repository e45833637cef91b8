import { z } from "zod";
import { providerIds } from "../../shared/providers";
import { listFields, listSchema } from "../platform/list";
import { serviceTiers } from "./cost/usage";

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

const ratesSchema = z.strictObject({
  input_price_per_million_micros: priceSchema,
  cached_input_price_per_million_micros: priceSchema,
  cache_write_price_per_million_micros: priceSchema,
  output_price_per_million_micros: priceSchema,
});

export const modalitySchema = z.enum(["text", "image", "embedding"]);

export const modelViewSchema = z.strictObject({
  id: z.string(),
  created_at: z.iso.datetime().meta({ description: "The day (UTC) it was added to the price list." }),
  provider: providerSchema,
  display_name: z.string(),
  kind: z.enum(["chat", "embedding"]).meta({
    description: "Chat models answer messages; embedding models make vectors. Neither does the other's work.",
  }),
  input_modalities: z.array(modalitySchema),
  output_modalities: z.array(modalitySchema),
  available: z.boolean().meta({
    description:
      "False while our operators have turned it off; requests to it are refused with `model_unavailable`.",
  }),
  context_window: z.int().positive().meta({ description: "Tokens of input and output together." }),
  max_output_tokens: z.int().nonnegative().meta({ description: "0 for embedding models." }),
  capabilities: capabilitiesSchema,
  input_price_per_million_micros: priceSchema.meta({ description: "Micro-dollars per million tokens." }),
  cached_input_price_per_million_micros: priceSchema,
  cache_write_price_per_million_micros: priceSchema.meta({
    description: "For input the provider stores in its cache: for its usual lifetime.",
  }),
  long_cache_write_price_per_million_micros: priceSchema.meta({ description: "The same, for 12 hours." }),
  output_price_per_million_micros: priceSchema,
  long_context: ratesSchema
    .extend({ above_input_tokens: z.int().positive() })
    .nullable()
    .meta({ description: "With more input tokens than this, the whole request is billed at these prices." }),
  service_tiers: z.array(ratesSchema.extend({ name: z.enum(serviceTiers) })).meta({
    description: "What `service_tier` may ask for and its prices. Billed is the tier that answered.",
  }),
  off_peak: ratesSchema
    .extend({
      in_force: z.boolean().meta({ description: "Whether they are what a call costs now." }),
      peak_hours: z.array(z.string()).meta({
        description:
          "Hours of Monday to Friday (UTC) at which the other prices hold, but for public holidays in China.",
        examples: [["01:00-04:00", "06:00-10:00"]],
      }),
    })
    .nullable()
    .meta({
      description:
        "Lower prices outside its provider’s peak hours. The moment at which a request was accepted decides. Null where every hour costs the same.",
    }),
  price_version: z.string().meta({
    description:
      "The price list entry in force: the upstream model and the day (UTC) it took effect, and `/off-peak` while that price holds.",
  }),
  deprecated: z
    .boolean()
    .meta({ description: "The provider has retired it, or has announced when it will." }),
  shutdown_date: z.iso.date().nullable().meta({
    description: "The UTC day on which its provider retires it; the successor answers from then on.",
  }),
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
