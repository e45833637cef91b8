import { z } from "zod";
import { providerIds } from "../../shared/providers";
import { publicId } from "../platform";
import { listFields, listSchema } from "../platform/list";
import { deletedSchema } from "../platform/schemas/deleted";

/** At one provider. */
export const MAX_KEYS = 10;

/** Sent in a header, so it is what a header can hold. */
const apiKeySchema = z
  .string()
  .trim()
  .min(8, "must be at least 8 characters")
  .max(512, "must be at most 512 characters")
  .regex(/^[\x21-\x7e]*$/, "must have no spaces and only ASCII characters")
  .meta({ description: "The provider's secret. It is stored encrypted and never shown again." });

const fallbackSchema = z.boolean().meta({
  description:
    "Whether AgathaAI's own key answers, and is billed, when the provider refuses this one: 401, 402 or 429.",
});

export const providerSchema = z.enum(providerIds);

export const addProviderKeyInputSchema = z.strictObject({
  provider: providerSchema,
  api_key: apiKeySchema,
  fallback: fallbackSchema.default(false),
});

export const updateProviderKeyInputSchema = z.strictObject({
  id: publicId("pky"),
  fallback: fallbackSchema.optional(),
  position: z
    .int()
    .min(1)
    .max(MAX_KEYS)
    .optional()
    .meta({ description: "Its position among your keys at this provider; 1 is used first." }),
});

export const rotateProviderKeyInputSchema = z.strictObject({ id: publicId("pky"), api_key: apiKeySchema });
export const providerKeyIdInputSchema = z.strictObject({ id: publicId("pky") });
export const listProviderKeysInputSchema = z.strictObject(listFields(50));

export const providerKeyViewSchema = z.strictObject({
  id: z.string().meta({ example: "pky_01jd0q4g5te8tvhz3t1c7x9ncm" }),
  provider: providerSchema,
  last_four: z.string().meta({ description: "All that is ever shown of it.", example: "9sXe" }),
  position: z.int().positive().meta({ description: "1 is used first at its provider." }),
  fallback: fallbackSchema,
  created_by: z.string().nullable(),
  created_at: z.iso.datetime(),
  rotated_at: z.iso.datetime().nullable(),
});

export const providerKeyListSchema = listSchema(providerKeyViewSchema);
export const deletedProviderKeySchema = deletedSchema("provider_key");

export type AddProviderKeyInput = z.output<typeof addProviderKeyInputSchema>;
export type UpdateProviderKeyInput = z.output<typeof updateProviderKeyInputSchema>;
export type RotateProviderKeyInput = z.output<typeof rotateProviderKeyInputSchema>;
export type ProviderKeyView = z.output<typeof providerKeyViewSchema>;
export type DeletedProviderKey = z.output<typeof deletedProviderKeySchema>;
