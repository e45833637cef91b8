import {
  deliveryDetailSchema,
  deliveryIdInputSchema,
  deliveryListSchema,
  deliveryViewSchema,
  getDelivery,
  listDeliveries,
  listDeliveriesInputSchema,
  redeliver,
} from "@agathaai/core/webhooks";
import {
  deliveryExample as delivery,
  deliveryDetailExample,
  pendingDeliveryExample,
} from "../../examples/webhook-examples";
import { unaudited } from "../../middleware/audited";
import { scopedProcedure } from "../../trpc";

const tag = "Webhooks";

export const deliveryProcedures = {
  deliveries: scopedProcedure(
    unaudited("settings", { action: "data.webhooks_read", target: "webhook" }),
    "webhooks:read",
  )
    .meta({
      operation: {
        method: "GET",
        path: "/api/v1/webhooks/{id}/deliveries",
        operationId: "listWebhookDeliveries",
        tag,
        summary: "List deliveries",
        description: "Lists an endpoint's deliveries of the last seven days, newest first.",
        responses: {
          200: {
            name: "WebhookDeliveryList",
            description: "One page of deliveries.",
            schema: deliveryListSchema,
            example: { data: [delivery], next_cursor: null },
          },
        },
        errors: ["invalid_cursor"],
      },
    })
    .input(listDeliveriesInputSchema)
    .output(deliveryListSchema)
    .query(({ ctx, input }) => listDeliveries(ctx.db, { principal: ctx.principal, input })),

  delivery: scopedProcedure(unaudited("settings", { action: "data.webhooks_read" }), "webhooks:read")
    .meta({
      operation: {
        method: "GET",
        path: "/api/v1/webhook-deliveries/{id}",
        operationId: "getWebhookDelivery",
        tag,
        summary: "Get a delivery",
        description: "Returns one delivery: the body, and every attempt with the response.",
        responses: {
          200: {
            name: "WebhookDeliveryDetail",
            description: "The delivery.",
            schema: deliveryDetailSchema,
            example: deliveryDetailExample,
          },
        },
        errors: [],
      },
    })
    .input(deliveryIdInputSchema)
    .output(deliveryDetailSchema)
    .query(({ ctx, input }) => getDelivery(ctx.db, { principal: ctx.principal, id: input.id })),

  redeliver: scopedProcedure(unaudited("own_record"), "webhooks:write")
    .meta({
      rateLimit: "costly",
      operation: {
        method: "POST",
        path: "/api/v1/webhook-deliveries/{id}/redeliver",
        operationId: "redeliverWebhook",
        tag,
        summary: "Send an event again",
        description:
          "Sends the delivery again, with the same `webhook-id`, and by the whole schedule if that fails.",
        responses: {
          201: {
            name: "WebhookDelivery",
            description: "The delivery, pending again.",
            schema: deliveryViewSchema,
            example: pendingDeliveryExample,
          },
        },
        errors: ["conflict"],
      },
    })
    .input(deliveryIdInputSchema)
    .output(deliveryViewSchema)
    .mutation(({ ctx, input }) => redeliver(ctx.db, { principal: ctx.principal, id: input.id })),
};
