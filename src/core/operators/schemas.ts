import { z } from "zod";
import { OVERRIDE_PRICE_CENTS, OVERRIDE_TOKENS, REQUESTS_PER_MINUTE } from "../../shared/bounds";
import { orgRoleSchema, planSchema } from "../orgs";
import { publicId } from "../platform";
import { type ListQuery, listFields, listSchema } from "../platform/list";
import { queueNames } from "../platform/queue/queue";
import { instantSchema } from "../platform/schemas/instant";
import { lineOfText } from "../platform/schemas/line-of-text";

const instant = z.iso.datetime();

export const listOrganizationsInputSchema = z.strictObject(listFields(25));
export type ListOrganizationsInput = ListQuery;

export const findOrganizationsInputSchema = z.strictObject({
  /** An organization's id or a member's full email address; names are encrypted and cannot be searched. */
  search: z.string().trim().min(1, "must not be empty").max(320),
  ...listFields(100),
});
export type FindOrganizationsInput = ListQuery & { search: string };

export const organizationSummarySchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  personal: z.boolean(),
  plan: planSchema,
  /** Stripe's status; "active" on Free. */
  status: z.string(),
  /** Whether an override decides the plan. */
  agreed: z.boolean(),
  members: z.int(),
  tokens_this_month: z.int(),
  /** Up to fifteen minutes old. */
  requests_30_days: z.int(),
  created_at: instant,
});
export const organizationListSchema = listSchema(organizationSummarySchema);
export type OrganizationList = z.output<typeof organizationListSchema>;

export const organizationIdSchema = z.strictObject({ id: publicId("org") });

const overrideSchema = z.strictObject({
  id: z.string(),
  plan: planSchema,
  /** Null: the plan's own. */
  monthly_tokens: z.int().nullable(),
  requests_per_minute: z.int().nullable(),
  monthly_price_cents: z.int().nullable(),
  /** `none`: the override has no price, or nothing is sold here. */
  billing: z.enum(["none", "waiting", "billed"]),
  reason: z.string(),
  /** The operator's name; null when their account is gone. */
  by: z.string().nullable(),
  created_at: instant,
  expires_at: instant.nullable(),
  ended_at: instant.nullable(),
});
export type OverrideView = z.output<typeof overrideSchema>;

export const organizationDetailSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  personal: z.boolean(),
  created_at: instant,
  suspension: z.strictObject({ reason: z.string(), since: instant }).nullable(),
  /** Since when it is in HIPAA mode, under which version of the agreement, and what became of what was kept before. */
  hipaa: z
    .strictObject({
      since: instant,
      agreement_version: z.string().nullable(),
      kept_before: z.enum(["erasing", "erased"]),
    })
    .nullable(),
  plan: planSchema,
  limits: z.strictObject({ monthly_tokens: z.int().nullable(), requests_per_minute: z.int() }),
  subscription: z.strictObject({
    status: z.string(),
    subscribed: z.boolean(),
    period_end: instant.nullable(),
    cancel_at_period_end: z.boolean(),
    pending_plan: planSchema.nullable(),
    grace_ends_at: instant.nullable(),
    customer_id: z.string().nullable(),
    /** The customer's page in Stripe's dashboard. */
    customer_url: z.url().nullable(),
  }),
  override: overrideSchema.nullable(),
  past_overrides: z.array(overrideSchema),
  usage: z.strictObject({
    used: z.int(),
    reserved: z.int(),
    resets_at: instant,
    spent_micros: z.int(),
    monthly_cap_micros: z.int().nullable(),
    overage: z.boolean(),
    requests_30_days: z.int(),
  }),
  keys: z.strictObject({ usable: z.int(), total: z.int() }),
  members: z.array(z.strictObject({ role: orgRoleSchema, count: z.int() })),
});
export type OrganizationDetail = z.output<typeof organizationDetailSchema>;

export const organizationAuditInputSchema = z.strictObject({
  id: publicId("org"),
  ...listFields(25),
});

export const overridePlanInputSchema = z.strictObject({
  organization_id: publicId("org"),
  plan: planSchema,
  monthly_tokens: z.int().min(OVERRIDE_TOKENS.least).max(OVERRIDE_TOKENS.most).nullable().default(null),
  requests_per_minute: z
    .int()
    .min(REQUESTS_PER_MINUTE.least)
    .max(REQUESTS_PER_MINUTE.most)
    .nullable()
    .default(null),
  monthly_price_cents: z
    .int()
    .min(OVERRIDE_PRICE_CENTS.least)
    .max(OVERRIDE_PRICE_CENTS.most)
    .nullable()
    .default(null),
  reason: lineOfText({ min: 3, max: 200 }),
  expires_at: instantSchema.nullable().default(null),
});
export type OverridePlanInput = z.output<typeof overridePlanInputSchema>;

export const endOverrideInputSchema = z.strictObject({
  organization_id: publicId("org"),
  override_id: publicId("ovr"),
});
export type EndOverrideInput = z.output<typeof endOverrideInputSchema>;

export const listModelSwitchesInputSchema = z.strictObject(listFields(100)).prefault({});
export const modelSwitchListSchema = listSchema(
  z.strictObject({
    id: z.string(),
    created_at: instant,
    provider: z.string(),
    display_name: z.string(),
    /** The model that answers instead; null when this one answers. */
    answered_by: z.string().nullable(),
    on: z.boolean(),
    /** Of the last change. */
    reason: z.string().nullable(),
    by: z.string().nullable(),
    changed_at: instant.nullable(),
  }),
);
export type ModelSwitchList = z.output<typeof modelSwitchListSchema>;

export const switchModelInputSchema = z.strictObject({
  id: z.string().max(128),
  on: z.boolean(),
  reason: lineOfText({ min: 3, max: 200 }),
});
export type SwitchModelInput = z.output<typeof switchModelInputSchema>;

const depthSchema = z.strictObject({ ready: z.int(), in_flight: z.int(), delayed: z.int() });
export const queuesViewSchema = z.strictObject({
  queues: z.array(
    depthSchema.extend({
      name: z.enum(queueNames),
      /** Accepted requests that have not ended, counted in the database. */
      unfinished: z.int(),
      oldest_seconds: z.number().nullable(),
    }),
  ),
  dead: depthSchema,
});
export type QueuesView = z.output<typeof queuesViewSchema>;

export const redrivenSchema = z.strictObject({
  returned: z.int(),
  ended: z.int(),
  unreadable: z.int(),
});
