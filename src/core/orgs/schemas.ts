import { z } from "zod";
import { planIds } from "../../shared/plans";
import { orgRoles, storagePolicies } from "../platform";
import { lineOfText } from "../platform/schemas/line-of-text";

export const orgRoleSchema = z.enum(orgRoles);
export const planSchema = z.enum(planIds);

/** An organization as one of its members sees it. */
export const orgViewSchema = z.object({
  id: z.string().meta({ example: "org_01jd0q4g5te8tvhz3t1c7x9ncm" }),
  name: z.string(),
  personal: z.boolean(),
  role: orgRoleSchema,
  plan: planSchema,
  created_at: z.iso.datetime(),
});

export type OrgView = z.output<typeof orgViewSchema>;

export const storageViewSchema = z.strictObject({
  storage: z.enum(storagePolicies).meta({
    description:
      "What is kept of calls under `/v1`. `off`: prompt and answer of calls with `store: true`. `on`: of all but those with `store: false`. `forbidden`: nothing; `store: true` is refused, and answers kept for an Idempotency-Key or to be read again are deleted after an hour.",
  }),
});

export type StorageView = z.output<typeof storageViewSchema>;

export const renameOrganizationInputSchema = z.strictObject({ name: lineOfText({ max: 120 }) });

export type RenameOrganizationInput = z.output<typeof renameOrganizationInputSchema>;
