import { z } from "zod";
import { publicId } from "../../platform";
import { listFields, listSchema } from "../../platform/list";
import { deletedSchema } from "../../platform/schemas/deleted";
import { domainSchema } from "./domain-name";

export const MAX_DOMAINS = 20;
/** How long a verified domain's record may be missing before the domain counts as lost. */
export const GRACE_DAYS = 7;

export const listDomainsInputSchema = z.strictObject(listFields(20));
export const addDomainInputSchema = z.strictObject({ domain: domainSchema });
export const domainIdInputSchema = z.strictObject({ id: publicId("dom") });

export const domainViewSchema = z.object({
  id: z.string().meta({ example: "dom_01jd0q4g5te8tvhz3t1c7x9ncm" }),
  domain: z.string(),
  status: z.enum(["pending", "verified", "missing", "lost"]).meta({
    description: `\`pending\`: the record was never found. \`missing\`: verified, but the record is gone; if it stays away for ${GRACE_DAYS} days, the domain is \`lost\`, and company sign-in no longer works for its addresses.`,
  }),
  record: z
    .object({ type: z.literal("TXT"), name: z.string(), value: z.string() })
    .meta({ description: "The DNS record that proves the domain is yours. Leave it in place." }),
  verified_at: z.iso.datetime().nullable(),
  checked_at: z.iso.datetime().nullable(),
  missing_since: z.iso.datetime().nullable(),
  created_at: z.iso.datetime(),
});
export const domainListViewSchema = listSchema(domainViewSchema);
export const deletedDomainViewSchema = deletedSchema("domain");

export type AddDomainInput = z.output<typeof addDomainInputSchema>;
export type DomainView = z.output<typeof domainViewSchema>;
export type DomainListView = z.output<typeof domainListViewSchema>;
export type DeletedDomainView = z.output<typeof deletedDomainViewSchema>;
