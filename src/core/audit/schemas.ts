import { z } from "zod";
import { publicId } from "../platform";
import { type ListQuery, listFields, listSchema, oldCreatedFields } from "../platform/list";
import { auditActions } from "./record/actions";
import { actorTypes, type TargetType, targetPrefixes } from "./record/entry";

const targetTypes = Object.keys(targetPrefixes) as [TargetType, ...TargetType[]];

/** The actor: a user or an API key. */
const actorId = z.union([publicId("usr"), publicId("key")], {
  error: 'must be the id of a user or of an API key, such as "usr_01h…"',
});

export const listAuditInputSchema = z.strictObject({
  ...listFields(50),
  action: z
    .enum(auditActions, { error: 'must be an action of the audit log, such as "key.created"' })
    .optional()
    .meta({ description: "Only this action." }),
  actor: actorId.optional().meta({ description: "Only actions of this user or API key." }),
  ...oldCreatedFields,
  requests: z.boolean().default(true).meta({ description: "`false` leaves out API calls (`api.request`)." }),
});

export const auditEntrySchema = z.strictObject({
  id: z.string().meta({ example: "aud_01jd0q4g5te8tvhz3t1c7x9ncm" }),
  sequence: z.int().positive().meta({ description: "Its number in the organization's chain, without gaps." }),
  created_at: z.iso.datetime(),
  action: z.string().meta({ description: "What was done, as `kind.event`.", example: "key.created" }),
  actor: z.strictObject({ type: z.enum(actorTypes), id: z.string().nullable() }),
  target: z.strictObject({ type: z.enum(targetTypes), id: z.string() }).nullable(),
  request_id: z.string().nullable(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

export const auditListSchema = listSchema(auditEntrySchema);

/** Actions of operators in all organizations. */
export const listOperatorAuditInputSchema = z.strictObject(listFields(50));
export const operatorAuditListSchema = listSchema(
  auditEntrySchema.extend({ organization_id: z.string().nullable() }),
);

export type ListOperatorAuditInput = ListQuery;
export type OperatorAuditList = z.output<typeof operatorAuditListSchema>;
export type ListAuditInput = ListQuery & Omit<z.output<typeof listAuditInputSchema>, keyof ListQuery>;
export type AuditEntryView = z.output<typeof auditEntrySchema>;
export type AuditList = z.output<typeof auditListSchema>;
