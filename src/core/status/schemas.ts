import { z } from "zod";
import { componentIds, isComponent } from "../../shared/status-components";
import { emailSchema } from "../accounts";
import { publicId } from "../platform";
import { type ListQuery, listFields, listSchema } from "../platform/list";
import { instantSchema } from "../platform/schemas/instant";
import { lineOfText } from "../platform/schemas/line-of-text";

const instant = z.iso.datetime();

/** `idle`: nothing to judge by. */
export const componentStates = ["up", "degraded", "down", "idle"] as const;
export type ComponentState = (typeof componentStates)[number];

export const incidentStates = ["investigating", "identified", "monitoring", "resolved"] as const;
export const maintenanceStates = ["scheduled", "in_progress", "completed", "canceled"] as const;
export const noticeStateSchema = z.enum([...incidentStates, ...maintenanceStates]);
export type NoticeState = z.output<typeof noticeStateSchema>;

export const severities = ["P0", "P1", "P2", "P3"] as const;
const severitySchema = z.enum(severities);

const componentSchema = z.string().refine(isComponent, "must be a component of the status page");
const minutes = z.int().nonnegative();

const daySchema = z.strictObject({
  day: z.iso.date(),
  up: minutes,
  degraded: minutes,
  down: minutes,
  idle: minutes.meta({ description: "Minutes without live requests to judge by." }),
  unmeasured: minutes,
});
export type StatusDay = z.output<typeof daySchema>;

const componentViewSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  state: z.enum([...componentStates, "unknown"]).meta({
    description:
      "As found in the last three minutes. `idle`: no live requests to judge by. `unknown`: not measured.",
  }),
  uptime: z.number().min(0).max(1).nullable().meta({
    description: "The share of counted minutes that were `up` or `degraded`; null before the first.",
  }),
  counted_minutes: minutes,
  unmeasured_minutes: minutes,
  days: z
    .array(daySchema)
    .meta({ description: "UTC days, oldest first; those before the first measurement are left out." }),
});
export type ComponentView = z.output<typeof componentViewSchema>;

const updateViewSchema = z.strictObject({
  id: z.string(),
  state: noticeStateSchema,
  text: z.string(),
  created_at: instant,
});

export const noticeViewSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(["incident", "maintenance"]),
  title: z.string(),
  severity: severitySchema.nullable(),
  components: z.array(z.string()),
  state: noticeStateSchema,
  starts_at: instant,
  ends_at: instant.nullable(),
  created_at: instant,
  updates: z.array(updateViewSchema).meta({ description: "Newest first." }),
});
export type NoticeView = z.output<typeof noticeViewSchema>;

export const measurementsSchema = z.strictObject({
  components: z.array(componentViewSchema),
  incidents: z.array(noticeViewSchema).meta({ description: "Not resolved yet." }),
  maintenance: z.array(noticeViewSchema).meta({ description: "Announced or under way." }),
  past: z.array(noticeViewSchema).meta({ description: "What ended in the last 90 days, newest first." }),
});
export type Measurements = z.output<typeof measurementsSchema>;

const text = z
  .string()
  .trim()
  .min(10, "must be at least 10 characters")
  .max(4_000, "must be at most 4,000 characters")
  .refine((value) => !value.includes("\u0000") && value.isWellFormed(), "must be plain text");
const common = {
  title: lineOfText({ min: 3, max: 120 }),
  components: z.array(componentSchema).min(1, "choose at least one").max(componentIds.length),
  text,
};

export const publishIncidentInputSchema = z.strictObject({
  severity: severitySchema,
  state: z.enum(incidentStates).exclude(["resolved"]),
  ...common,
});
export const announceMaintenanceInputSchema = z.strictObject({
  starts_at: instantSchema,
  ends_at: instantSchema,
  ...common,
});
export type PublishNoticeInput =
  | ({ kind: "incident" } & z.output<typeof publishIncidentInputSchema>)
  | ({ kind: "maintenance" } & z.output<typeof announceMaintenanceInputSchema>);

export const updateNoticeInputSchema = z.strictObject({
  id: publicId("ntc"),
  state: noticeStateSchema,
  text,
});
export type UpdateNoticeInput = z.output<typeof updateNoticeInputSchema>;

export const listNoticesInputSchema = z.strictObject(listFields(25));
export type ListNoticesInput = ListQuery;
export const noticeListSchema = listSchema(noticeViewSchema);
export type NoticeList = z.output<typeof noticeListSchema>;

export const subscribeInputSchema = z.strictObject({
  email: emailSchema,
  /** A honeypot: people do not see this field, and programs that fill in every field do. */
  website: z.string().max(2_000).optional(),
});
export type SubscribeInput = z.output<typeof subscribeInputSchema>;
/** The same response for everyone: it says nothing of who subscribed. */
export const subscriptionReceivedSchema = z.strictObject({ received: z.literal(true) });

const tokenSchema = z.string().max(2_000);
export const confirmSubscriptionInputSchema = z.strictObject({ token: tokenSchema });
export const subscribedSchema = z.strictObject({ subscribed: z.literal(true), email: z.string() });
export const unsubscribeInputSchema = z.strictObject({ token: tokenSchema });
export const unsubscribedSchema = z.strictObject({ subscribed: z.literal(false) });
