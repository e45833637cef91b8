import { z } from "zod";
import { providerIds } from "../../shared/providers";

const version = z.string().min(1).max(40).meta({
  description: "Of the business associate agreement; the one in force is `agreement.in_force`.",
  example: "2026-11-27",
});

const by = z
  .strictObject({ id: z.string(), name: z.string().nullable() })
  .meta({ description: "The owner who did it; `name` is null once their account is erased." });

export const hipaaViewSchema = z.strictObject({
  enabled: z.boolean(),
  since: z.iso.datetime().nullable(),
  kept_before: z.enum(["erasing", "erased"]).nullable().meta({
    description:
      "What becomes of prompts and answers that were kept before it was turned on: `erasing`, usually for a few minutes, then `erased`. null while it is off.",
  }),
  agreement: z.strictObject({
    in_force: version,
    accepted: z
      .strictObject({ version, by, at: z.iso.datetime() })
      .nullable()
      .meta({ description: "Who last accepted it for the organization, and which version." }),
  }),
  turned_off: z
    .strictObject({ reason: z.string(), by, at: z.iso.datetime() })
    .nullable()
    .meta({ description: "When it was last turned off, by whom and why." }),
  providers_covered: z.array(z.enum(providerIds)).meta({
    description:
      "The providers under a business associate agreement with AgathaAI. In HIPAA mode all others are refused with `provider_not_covered`.",
  }),
});
export type HipaaView = z.output<typeof hipaaViewSchema>;

export const updateHipaaInputSchema = z
  .strictObject({
    enabled: z.boolean(),
    agreement_version: version.optional().meta({
      description: "Turning it on accepts this version of the agreement; it must be the one in force.",
    }),
    reason: z.string().trim().min(1, "must not be empty").max(500).optional().meta({
      description: "Why it is turned off; needed for that. Kept encrypted; members see it.",
    }),
  })
  .refine(({ enabled, agreement_version }) => !enabled || agreement_version !== undefined, {
    message: "must be the version in force, to turn it on",
    path: ["agreement_version"],
  })
  .refine(({ enabled, reason }) => enabled || reason !== undefined, {
    message: "must say why, to turn it off",
    path: ["reason"],
  });
export type UpdateHipaaInput = z.output<typeof updateHipaaInputSchema>;
