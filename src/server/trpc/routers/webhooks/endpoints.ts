import {
  createdEndpointViewSchema,
  createEndpoint,
  createEndpointInputSchema,
  deletedEndpointSchema,
  deleteEndpoint,
  deliveryViewSchema,
  endpointIdInputSchema,
  endpointListSchema,
  endpointViewSchema,
  getEndpoint,
  listEndpoints,
  listEndpointsInputSchema,
  OVERLAP_HOURS,
  rotateSecret,
  sendTestEvent,
  updateEndpoint,
  updateEndpointInputSchema,
} from "@agathaai/core/webhooks";
import {
  endpointExample as endpoint,
  pendingDeliveryExample,
  secretExample as secret,
} from "../../examples/webhook-examples";
import { unaudited, writes } from "../../middleware/audited";
import { scopedProcedure } from "../../trpc";

const tag = "Webhooks";

export const endpointProcedures = {
  list: scopedProcedure(unaudited("settings", { action: "data.webhooks_read" }), "webhooks:read")
    .meta({
      operation: {
        method: "GET",
        path: "/api/v1/webhooks",
        operationId: "listWebhooks",
        tag,
        summary: "List webhook endpoints",
        description:
          "Lists your organization's webhook endpoints, newest first. An API key sees those of its own environment.",
        responses: {
          200: {
            name: "WebhookEndpointList",
            description: "One page of endpoints.",
            schema: endpointListSchema,
            example: { data: [endpoint], next_cursor: null },
          },
        },
        errors: ["invalid_cursor"],
      },
    })
    .input(listEndpointsInputSchema)
    .output(endpointListSchema)
    .query(({ ctx, input }) => listEndpoints(ctx.db, { principal: ctx.principal, input })),

  get: scopedProcedure(
    unaudited("settings", { action: "data.webhooks_read", target: "webhook" }),
    "webhooks:read",
  )
    .meta({
      operation: {
        method: "GET",
        path: "/api/v1/webhooks/{id}",
        operationId: "getWebhook",
        tag,
        summary: "Get a webhook endpoint",
        description: "Returns one endpoint: its events, and whether it takes them.",
        responses: {
          200: {
            name: "WebhookEndpoint",
            description: "The endpoint.",
            schema: endpointViewSchema,
            example: endpoint,
          },
        },
        errors: [],
      },
    })
    .input(endpointIdInputSchema)
    .output(endpointViewSchema)
    .query(({ ctx, input }) => getEndpoint(ctx.db, { principal: ctx.principal, id: input.id })),

  create: scopedProcedure(writes("webhook.created"), "webhooks:write")
    .meta({
      operation: {
        method: "POST",
        path: "/api/v1/webhooks",
        operationId: "createWebhook",
        tag,
        summary: "Create a webhook endpoint",
        description:
          "Adds an endpoint that gets the events you name from now on, and returns its secret once. Events are sent and signed as Standard Webhooks describes. An organization can have 10 endpoints.",
        responses: {
          201: {
            name: "CreatedWebhookEndpoint",
            description: "The endpoint and its secret.",
            schema: createdEndpointViewSchema,
            example: { ...endpoint, secret },
          },
        },
        requestExample: {
          url: endpoint.url,
          events: [...endpoint.events],
          description: endpoint.description,
        },
        errors: ["conflict"],
      },
    })
    .input(createEndpointInputSchema)
    .output(createdEndpointViewSchema)
    .mutation(({ ctx, input }) => createEndpoint(ctx.db, { principal: ctx.principal, input })),

  update: scopedProcedure(writes("webhook.updated"), "webhooks:write")
    .meta({
      operation: {
        method: "PATCH",
        path: "/api/v1/webhooks/{id}",
        operationId: "updateWebhook",
        tag,
        summary: "Change a webhook endpoint",
        description:
          "Changes the fields you send. Disabling an endpoint ends the deliveries that are still pending; enabling it starts with what happens from then on.",
        responses: {
          200: {
            name: "WebhookEndpoint",
            description: "The updated endpoint.",
            schema: endpointViewSchema,
            example: endpoint,
          },
        },
        requestExample: { enabled: true },
        errors: ["conflict"],
      },
    })
    .input(updateEndpointInputSchema)
    .output(endpointViewSchema)
    .mutation(({ ctx, input }) => updateEndpoint(ctx.db, { principal: ctx.principal, input })),

  rotateSecret: scopedProcedure(writes("webhook.secret_rotated"), "webhooks:write")
    .meta({
      operation: {
        method: "POST",
        path: "/api/v1/webhooks/{id}/rotate-secret",
        operationId: "rotateWebhookSecret",
        tag,
        summary: "Rotate a webhook secret",
        description: `Returns a new secret once. For ${OVERLAP_HOURS} hours events carry two signatures, one of each secret, so that you can change over without refusing an event.`,
        responses: {
          201: {
            name: "CreatedWebhookEndpoint",
            description: "The endpoint and its new secret.",
            schema: createdEndpointViewSchema,
            example: { ...endpoint, secret, previous_secret_until: "2026-11-24T11:58:00.000Z" },
          },
        },
        errors: ["conflict"],
      },
    })
    .input(endpointIdInputSchema)
    .output(createdEndpointViewSchema)
    .mutation(({ ctx, input }) => rotateSecret(ctx.db, { principal: ctx.principal, id: input.id })),

  delete: scopedProcedure(writes("webhook.deleted"), "webhooks:write")
    .meta({
      operation: {
        method: "DELETE",
        path: "/api/v1/webhooks/{id}",
        operationId: "deleteWebhook",
        tag,
        summary: "Delete a webhook endpoint",
        description: "Deletes the endpoint, its secret and its deliveries. Nothing is sent to it any more.",
        responses: {
          200: {
            name: "DeletedWebhookEndpoint",
            description: "The endpoint is deleted.",
            schema: deletedEndpointSchema,
            example: { id: endpoint.id, object: "webhook_endpoint", deleted: true },
          },
        },
        errors: ["conflict"],
      },
    })
    .input(endpointIdInputSchema)
    .output(deletedEndpointSchema)
    .mutation(({ ctx, input }) => deleteEndpoint(ctx.db, { principal: ctx.principal, id: input.id })),

  test: scopedProcedure(unaudited("own_record"), "webhooks:write")
    .meta({
      rateLimit: "costly",
      operation: {
        method: "POST",
        path: "/api/v1/webhooks/{id}/test",
        operationId: "testWebhook",
        tag,
        summary: "Send a test event",
        description:
          "Sends the endpoint a `webhook.test` event within seconds. Read the delivery to see what came of it.",
        responses: {
          201: {
            name: "WebhookDelivery",
            description: "The delivery, still pending.",
            schema: deliveryViewSchema,
            example: pendingDeliveryExample,
          },
        },
        errors: ["conflict"],
      },
    })
    .input(endpointIdInputSchema)
    .output(deliveryViewSchema)
    .mutation(({ ctx, input }) => sendTestEvent(ctx.db, { principal: ctx.principal, id: input.id })),
};
