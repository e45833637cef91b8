import type { ErrorCode } from "@agathaai/core/platform";
import { z } from "zod";
import type { ZodOpenApiOperationObject } from "zod-openapi";
import { responseHeaders } from "./openapi-parts";

/** Error codes that a delivery can be refused with. */
export const stripeWebhookErrors = [
  "invalid_request",
  "payload_too_large",
  "service_unavailable",
  "internal_error",
] as const satisfies readonly ErrorCode[];

const receivedSchema = z
  .strictObject({
    received: z.literal(true),
    outcome: z.enum(["taken", "repeated", "unknown"]).meta({
      description:
        "`taken`: it will take effect; `repeated`: it was received before; `unknown`: an event that has no effect here.",
    }),
  })
  .meta({ id: "StripeEventReceived" });

/** Not a procedure, because the signature covers the body's bytes. `errors`: its error responses. */
export function describeStripeWebhook(
  errors: NonNullable<ZodOpenApiOperationObject["responses"]>,
): ZodOpenApiOperationObject {
  return {
    operationId: "receiveStripeEvent",
    tags: ["System"],
    summary: "Receive an event from Stripe",
    description:
      "For Stripe only: the body must carry its signature, at most five minutes old. An event takes effect once, however often it is delivered.",
    security: [],
    requestParams: {
      header: z.object({
        "stripe-signature": z.string().optional().meta({
          description: "Stripe's signature over the raw body. A delivery without a valid one is refused.",
        }),
      }),
    },
    requestBody: {
      required: true,
      content: {
        "application/json": {
          schema: z.looseObject({ id: z.string(), type: z.string() }).meta({ id: "StripeEvent" }),
          example: { id: "evt_1SYw…", type: "invoice.paid" },
        },
      },
    },
    responses: {
      200: {
        description: "Received; Stripe does not need to send it again.",
        headers: z.object({ "x-request-id": responseHeaders["x-request-id"] }),
        content: {
          "application/json": { schema: receivedSchema, example: { received: true, outcome: "taken" } },
        },
      },
      ...errors,
    },
  };
}
