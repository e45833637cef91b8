import { z } from "zod";
import { regions } from "../../shared/places";
import { providerIds } from "../../shared/providers";

const residency = z.enum(regions).nullable().meta({
  description:
    "`eu`: prompts and answers go to providers’ endpoints in the EU only, and models without one are refused with `region_not_allowed`. null: to any.",
});

export const dataPolicyViewSchema = z.strictObject({
  residency,
  providers_in_eu: z
    .array(z.enum(providerIds))
    .meta({ description: "The providers with an endpoint in the EU that AgathaAI uses." }),
});
export type DataPolicyView = z.output<typeof dataPolicyViewSchema>;

export const updateDataPolicyInputSchema = z.strictObject({ residency });
export type UpdateDataPolicyInput = z.output<typeof updateDataPolicyInputSchema>;
