import { z } from "zod";
import type { ZodOpenApiOperationObject } from "zod-openapi";
import { badRequest, form, json, ours, scopeExample, tag, wrongClient } from "./parts";

export const deviceAuthorization: ZodOpenApiOperationObject = {
  operationId: "authorizeDevice",
  tags: [tag],
  summary: "Start connecting a device (RFC 8628)",
  description:
    "For a command line or device without a browser, of an app that has device sign-in turned on. Show the person `user_code` and `verification_uri`; they enter the code there, within ten minutes. Meanwhile ask `POST /oauth/token` with `grant_type=urn:ietf:params:oauth:grant-type:device_code` every `interval` seconds: `authorization_pending` until they decide, `slow_down` if you ask sooner, then the tokens, `access_denied` or `expired_token`.",
  security: [{ clientSecret: [] }, {}],
  requestBody: form(
    z.object({
      scope: z.string().optional().meta({ description: "Separated by spaces." }),
      client_id: z.string().optional(),
      client_secret: z.string().optional(),
    }),
    { client_id: "app_01jd0q4g5te8tvhz3t1c7x9ncm", scope: scopeExample },
  ),
  responses: {
    200: json(
      "The codes.",
      z.looseObject({
        device_code: z.string(),
        user_code: z.string(),
        verification_uri: z.url(),
        verification_uri_complete: z.url(),
        expires_in: z.int(),
        interval: z.int(),
      }),
      "DeviceAuthorization",
      {
        device_code: "3tV1kd…",
        user_code: "BCDF-GHJK",
        verification_uri: "https://app.example.com/device",
        verification_uri_complete: "https://app.example.com/device?user_code=BCDF-GHJK",
        expires_in: 600,
        interval: 5,
      },
    ),
    400: badRequest("invalid_request invalid_scope invalid_target invalid_client", "invalid_request"),
    401: wrongClient,
    ...ours,
  },
};
