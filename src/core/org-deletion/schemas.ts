import { z } from "zod";
import { deletedSchema } from "../platform/schemas/deleted";

export const deleteOrganizationInputSchema = z.strictObject({
  /** The organization's name, typed by the caller to confirm. */
  organization_name: z.string().max(256),
});
export const deletedOrganizationViewSchema = deletedSchema("organization").extend({
  erased_at: z.iso.datetime().meta({ description: "When its data becomes unreadable for good." }),
});

export type DeleteOrganizationInput = z.output<typeof deleteOrganizationInputSchema>;
export type DeletedOrganizationView = z.output<typeof deletedOrganizationViewSchema>;
