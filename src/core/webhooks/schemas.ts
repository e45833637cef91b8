import { z } from "zod";
import { eventTypeIds, TEST_EVENT } from "../../shared/webhooks/events";
import { environments, publicId } from "../platform";
import { listFields, listSchema } from "../platform/list";
import { deletedSchema } from "../platform/schemas/deleted";
import { lineOfText } from "../platform/schemas/line-of-text";
import { endpointUrlSchema } from "./endpoints/endpoint-url";

/** Of one organization, both environments together. */
export const MAX_ENDPOINTS = 10;
/** How long the old secret signs beside the new one after a rotation. */
export const OVERLAP_HOURS = 24;

const description = lineOfText({ min: 0, max: 120 });
const environmentSchema = z.enum(environments);
const eventTypeSchema = z.enum(eventTypeIds);
const eventsSchema = z
  .array(eventTypeSchema)
  .min(1, "must name at least one event")
  .max(eventTypeIds.length)
  .transform((events) => [...new Set(events)])
  .meta({ description: "The events to send. Types that are added later are not sent until you add them." });

export const createEndpointInputSchema = z.strictObject({
  url: endpointUrlSchema,
  events: eventsSchema,
  description: description.default(""),
  environment: environmentSchema.optional().meta({
    description:
      "`live` by default. A test endpoint gets what test keys do. An API key names its own environment or none.",
  }),
});
export const updateEndpointInputSchema = z.strictObject({
  id: publicId("whe"),
  url: endpointUrlSchema.optional(),
  events: eventsSchema.optional(),
  description: description.optional(),
  enabled: z.boolean().optional().meta({
    description: "False stops sending: events of that time are not sent later. True starts again.",
  }),
});
export const endpointIdInputSchema = z.strictObject({ id: publicId("whe") });
export const listEndpointsInputSchema = z.strictObject(listFields(50));

export const endpointViewSchema = z.strictObject({
  id: z.string().meta({ example: "whe_01jd0q4g5te8tvhz3t1c7x9ncm" }),
  url: z.string(),
  description: z.string(),
  environment: environmentSchema,
  events: z.array(z.string()),
  status: z.enum(["enabled", "failing", "disabled"]).meta({
    description: "`failing`: the last attempt failed, and it goes on. `disabled`: nothing is sent.",
  }),
  disabled_because: z.enum(["customer", "gone", "failing"]).nullable().meta({
    description: "`customer`: you disabled it. `gone`: it responded 410. `failing`: it failed for days.",
  }),
  failing_since: z.iso.datetime().nullable(),
  previous_secret_until: z.iso.datetime().nullable().meta({
    description: "Until when events are signed with the previous secret as well.",
  }),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});
export const createdEndpointViewSchema = endpointViewSchema.extend({
  secret: z
    .string()
    .meta({ description: "Verifies signatures. Shown once.", example: "whsec_C2FVsBQIhrscChlQIMV" }),
});
export const endpointListSchema = listSchema(endpointViewSchema);
export const deletedEndpointSchema = deletedSchema("webhook_endpoint");

const deliveryStatusSchema = z.enum(["pending", "delivered", "failed"]);

export const listDeliveriesInputSchema = z.strictObject({
  id: publicId("whe"),
  status: deliveryStatusSchema.optional(),
  ...listFields(20),
});
export const deliveryIdInputSchema = z.strictObject({ id: publicId("whd") });

export const deliveryViewSchema = z.strictObject({
  id: z.string().meta({ example: "whd_01jd0q4g5te8tvhz3t1c7x9ncm" }),
  endpoint_id: z.string(),
  event_id: z.string().meta({ description: "The `webhook-id` header: equal however often it is sent." }),
  event: z.string().meta({ description: `An event, or ${TEST_EVENT}.`, example: "inference.completed" }),
  status: deliveryStatusSchema.meta({
    description: "`pending` until a response of 2xx, or the last attempt.",
  }),
  attempts: z.int().nonnegative(),
  last_status: z.int().nullable().meta({ description: "The HTTP status of the last response." }),
  last_error: z.string().nullable(),
  next_attempt_at: z.iso.datetime().nullable(),
  created_at: z.iso.datetime(),
  delivered_at: z.iso.datetime().nullable(),
});
export const deliveryListSchema = listSchema(deliveryViewSchema);
export const deliveryDetailSchema = deliveryViewSchema.extend({
  payload: z.record(z.string(), z.unknown()).meta({ description: "The body that is sent." }),
  tries: z.array(
    z.strictObject({
      number: z.int().positive(),
      at: z.iso.datetime(),
      duration_ms: z.int().nonnegative(),
      status: z.int().nullable(),
      error: z.string().nullable(),
      response: z
        .string()
        .nullable()
        .meta({ description: "The first 1,000 characters of the response’s body." }),
    }),
  ),
});

export type CreateEndpointInput = z.output<typeof createEndpointInputSchema>;
export type UpdateEndpointInput = z.output<typeof updateEndpointInputSchema>;
export type EndpointView = z.output<typeof endpointViewSchema>;
export type CreatedEndpointView = z.output<typeof createdEndpointViewSchema>;
export type DeletedEndpoint = z.output<typeof deletedEndpointSchema>;
export type ListDeliveriesInput = z.output<typeof listDeliveriesInputSchema>;
export type DeliveryView = z.output<typeof deliveryViewSchema>;
export type DeliveryDetail = z.output<typeof deliveryDetailSchema>;
