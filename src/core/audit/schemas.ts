import { z } from "zod";
import { auditActions, auditKinds } from "../../shared/audit-actions";
import { publicId } from "../platform";
import { type ListQuery, listFields, listSchema, oldCreatedFields } from "../platform/list";
import { actorTypes, type TargetType, targetPrefixes } from "./record/entry";
import { outcomes } from "./viewer/outcome";

const targetTypes = Object.keys(targetPrefixes) as [TargetType, ...TargetType[]];

/** The actor: a user, an API key or a service account. */
const actorId = z.union([publicId("usr"), publicId("key"), publicId("sva")], {
  error: 'must be the id of a user, of an API key or of a service account, such as "usr_01h…"',
});

/** What an entry is about: anything that can be a target. */
const targetId = z.union(
  targetTypes.map((type) => publicId(targetPrefixes[type])) as [ReturnType<typeof publicId>],
  { error: 'must be the id of a user, key or other resource, such as "key_01h…"' },
);

const filterFields = {
  action: z
    .enum(auditActions, { error: 'must be an action of the audit log, such as "key.created"' })
    .optional()
    .meta({ description: "Only this action." }),
  kind: z
    .enum(auditKinds, { error: `must be one of ${auditKinds.join(", ")}` })
    .optional()
    .meta({ description: "Only actions of this kind: `key` for `key.created`, `key.revoked` and so on." }),
  outcome: z.enum(outcomes).optional().meta({
    description:
      "Only what succeeded, or what failed: refused sign-ins, lost domains, API calls with a status of 400 or more.",
  }),
  actor: actorId.optional().meta({ description: "Only actions of this user, API key or service account." }),
  target: targetId.optional().meta({ description: "Only actions on this resource, by its ID." }),
  target_type: z
    .enum(targetTypes)
    .optional()
    .meta({ description: "Only actions on resources of this type." }),
  requests: z.boolean().default(true).meta({ description: "`false` leaves out API calls (`api.request`)." }),
};

export const listAuditInputSchema = z.strictObject({
  ...listFields(50),
  ...filterFields,
  ...oldCreatedFields,
});

const { order, created } = listFields(1);
/** The same filters as the list. */
export const exportAuditInputSchema = z.strictObject({ ...filterFields, order, created });

export const auditFileSchema = z.strictObject({
  filename: z.string(),
  /** Consume them in order; each may read the database. */
  pieces: z.custom<AsyncIterable<string>>(
    (value) => typeof value === "object" && value !== null && Symbol.asyncIterator in value,
  ),
});
export type ExportAuditInput = z.output<typeof exportAuditInputSchema>;
export type AuditFile = z.output<typeof auditFileSchema>;

export const getAuditEntryInputSchema = z.strictObject({ id: publicId("aud") });

const auditFilterSchema = z.object(filterFields);
export type AuditFilter = z.output<typeof auditFilterSchema>;

export const auditEntrySchema = z.strictObject({
  id: z.string().meta({ example: "aud_01jd0q4g5te8tvhz3t1c7x9ncm" }),
  sequence: z.int().positive().meta({ description: "Its number in the organization's chain, without gaps." }),
  created_at: z.iso.datetime(),
  action: z.string().meta({ description: "What was done, as `kind.event`.", example: "key.created" }),
  outcome: z.enum(outcomes).meta({ description: "`failed` for what was refused or went wrong." }),
  actor: z.strictObject({ type: z.enum(actorTypes), id: z.string().nullable() }),
  target: z.strictObject({ type: z.enum(targetTypes), id: z.string() }).nullable(),
  request_id: z.string().nullable(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});

const hash = z.string().regex(/^[0-9a-f]*$/);

export const auditEntryDetailSchema = auditEntrySchema.extend({
  chain: z.strictObject({
    prev_hash: hash.meta({
      description: "The hash of the entry before it, in hexadecimal; empty for the first.",
    }),
    hash: hash.meta({ description: "Its own hash, or of an API call that of its batch." }),
    batch_id: z.string().nullable().meta({ description: "Of an API call: the entry of its batch." }),
  }),
});
export type AuditEntryDetail = z.output<typeof auditEntryDetailSchema>;

export const auditListSchema = listSchema(auditEntrySchema).extend({
  reaches_back_to: z.iso.datetime().nullable().meta({
    description:
      "Entries from before then are in the archive: they are not listed, but exported, and found by ID. Null while there are none.",
  }),
});

/** Actions of operators in all organizations. */
export const listOperatorAuditInputSchema = z.strictObject(listFields(50));
export const operatorAuditListSchema = listSchema(
  auditEntrySchema.extend({ organization_id: z.string().nullable() }),
).extend({
  /** Entries from before then are in the archive of each log, which an export of the organization has. */
  reaches_back_to: z.iso.datetime().nullable(),
});

export type ListOperatorAuditInput = ListQuery;
export type OperatorAuditList = z.output<typeof operatorAuditListSchema>;
export type ListAuditInput = ListQuery & Omit<z.output<typeof listAuditInputSchema>, keyof ListQuery>;
export type AuditEntryView = z.output<typeof auditEntrySchema>;
export type AuditList = z.output<typeof auditListSchema>;
