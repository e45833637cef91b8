import { z } from "zod";
import { publicId } from "../platform/ids";
import { instantSchema } from "../platform/instant";
import { auditActions } from "./actions";
import { actorTypes, type TargetType, targetPrefixes } from "./entry";

const targetTypes = Object.keys(targetPrefixes) as [TargetType, ...TargetType[]];

/** A person's or a key's id: whichever it is, it names the actor. */
const actorId = z.union([publicId("usr"), publicId("key")], {
  error: 'must be the id of a user or of an API key, such as "usr_01h…"',
});

export const listAuditInputSchema = z.strictObject({
  limit: z.int().min(1).max(100).default(50),
  cursor: z.string().min(1).max(64).optional().meta({ description: "`next_cursor` of the page before." }),
  action: z
    .enum(auditActions, { error: 'must be an action of the audit trail, such as "key.created"' })
    .optional()
    .meta({ description: "This action alone." }),
  actor: actorId.optional().meta({ description: "What this user or API key did." }),
  created_after: instantSchema.optional().meta({ description: "From this time on." }),
  created_before: instantSchema.optional().meta({ description: "Before this time." }),
  requests: z
    .boolean()
    .default(true)
    .meta({ description: "`false` leaves out the plain API calls, `api.request`." }),
});

export const auditEntrySchema = z.strictObject({
  id: z.string().meta({ example: "aud_01jd0q4g5te8tvhz3t1c7x9ncm" }),
  sequence: z.int().positive().meta({ description: "Its place in the organization's chain, without gaps." }),
  created_at: z.iso.datetime(),
  action: z.string().meta({ description: "What was done, as `kind.event`.", example: "key.created" }),
  actor: z.strictObject({ type: z.enum(actorTypes), id: z.string().nullable() }),
  target: z.strictObject({ type: z.enum(targetTypes), id: z.string() }).nullable(),
  request_id: z.string().nullable(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

export const auditListSchema = z.strictObject({
  data: z.array(auditEntrySchema),
  next_cursor: z.string().nullable(),
});

/** What operators did, over all organizations. */
export const listOperatorAuditInputSchema = listAuditInputSchema.pick({ limit: true, cursor: true });
export const operatorAuditListSchema = z.strictObject({
  data: z.array(auditEntrySchema.extend({ organization_id: z.string().nullable() })),
  next_cursor: z.string().nullable(),
});

export type ListOperatorAuditInput = z.output<typeof listOperatorAuditInputSchema>;
export type OperatorAuditList = z.output<typeof operatorAuditListSchema>;
export type ListAuditInput = z.output<typeof listAuditInputSchema>;
export type AuditEntryView = z.output<typeof auditEntrySchema>;
export type AuditList = z.output<typeof auditListSchema>;
