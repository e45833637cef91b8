import { z } from "zod";
import { type ListQuery, listFields, listSchema } from "../../platform/list";
import { lineOfText } from "../../platform/schemas/line-of-text";

export const suspendInputSchema = z.strictObject({
  /** An ID (`usr_…`, `org_…`, `key_…`) or a person's full email address. */
  subject: z.string().trim().min(1, "must not be empty").max(320),
  /** Shown to the customer. */
  reason: lineOfText({ min: 3, max: 200 }),
});
export type SuspendInput = z.output<typeof suspendInputSchema>;

export const reinstateInputSchema = z.strictObject({
  subject: z.string().trim().min(1, "must not be empty").max(320),
  /** For the audit log. */
  reason: lineOfText({ min: 3, max: 200 }),
});
export type ReinstateInput = z.output<typeof reinstateInputSchema>;

export const listSuspensionsInputSchema = z.strictObject(listFields(25)).prefault({});
export type ListSuspensionsInput = ListQuery;

export const suspensionSchema = z.strictObject({
  /** Of what is suspended. */
  id: z.string(),
  of: z.enum(["account", "organization", "key"]),
  /** Of a key. */
  organization_id: z.string().nullable(),
  reason: z.string(),
  /** The operator's name; null when their account is gone. */
  by: z.string().nullable(),
  created_at: z.iso.datetime(),
});
export type SuspensionView = z.output<typeof suspensionSchema>;
export const suspensionListSchema = listSchema(suspensionSchema);
export type SuspensionList = z.output<typeof suspensionListSchema>;
