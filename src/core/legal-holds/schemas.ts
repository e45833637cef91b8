import { z } from "zod";
import { type ListQuery, listFields, listSchema } from "../platform/list";
import { lineOfText } from "../platform/schemas/line-of-text";

const subject = z.string().trim().min(1, "must not be empty").max(60);

export const holdInputSchema = z.strictObject({
  /** `usr_…` or `org_…`. */
  subject,
  /** For operators and the audit log of the product: the case, by its reference. */
  reason: lineOfText({ min: 3, max: 500 }),
});
export type HoldInput = z.output<typeof holdInputSchema>;

export const listHoldsInputSchema = z.strictObject(listFields(25)).prefault({});
export type ListHoldsInput = ListQuery;

export const holdSchema = z.strictObject({
  id: z.string(),
  /** Of what is held. */
  subject: z.string(),
  of: z.enum(["person", "organization"]),
  reason: z.string(),
  placed_by: z.string(),
  created_at: z.iso.datetime(),
  /** Since when its erasure has been asked for, and waits. */
  erasure_waits_since: z.iso.datetime().nullable(),
});
export const holdListSchema = listSchema(holdSchema);
export type HoldList = z.output<typeof holdListSchema>;
