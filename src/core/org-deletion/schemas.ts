import { z } from "zod";
import { deletedSchema } from "../platform/schemas/deleted";

export const deleteOrganizationInputSchema = z.strictObject({
  /** The organization's name, typed by the caller to confirm. */
  organization_name: z.string().max(256),
  erase_now: z.boolean().default(false).meta({
    description: "True makes its data unreadable at once, instead of in 30 days. Nobody can undo that.",
  }),
});
export const deletedOrganizationViewSchema = deletedSchema("organization").extend({
  erased_at: z.iso.datetime().meta({ description: "When its data becomes unreadable for good." }),
  receipt: z.string().meta({ description: "Reads the state of its erasure and, later, the certificate." }),
});

export type DeleteOrganizationInput = z.output<typeof deleteOrganizationInputSchema>;
export type DeletedOrganizationView = z.output<typeof deletedOrganizationViewSchema>;
