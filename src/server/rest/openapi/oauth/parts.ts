import { z } from "zod";
import type { ZodOpenApiResponseObject } from "zod-openapi";
import { errorResponses } from "../describe-responses";
import { named } from "../openapi-names";
import { responseHeaders } from "../openapi-parts";

export const tag = "OAuth";
export const scopeExample = "openid email models:read";

/** RFC 6749 §5.2, with the codes of OpenID Connect and of the extensions that are served. */
const oauthErrorSchema = z.looseObject({
  error: z.string().meta({ description: "A code of RFC 6749.", example: "invalid_grant" }),
  error_description: z.string().optional(),
});

function oauthError(description: string, error: string): ZodOpenApiResponseObject {
  return {
    description,
    headers: z.object({ "x-request-id": responseHeaders["x-request-id"] }),
    content: {
      "application/json": {
        schema: named(oauthErrorSchema, "OAuthError"),
        example: { error, error_description: "What is wrong with the request." },
      },
    },
  };
}

export function json(
  description: string,
  schema: z.ZodType,
  name: string,
  example: unknown,
): ZodOpenApiResponseObject {
  return {
    description,
    headers: z.object({ "x-request-id": responseHeaders["x-request-id"] }),
    content: { "application/json": { schema: named(schema, name), example } },
  };
}

/** What goes wrong before the protocol is asked: too many calls, or a part of us that is away. */
export const ours = errorResponses(["too_many_attempts", "service_unavailable", "internal_error"]);
export const wrongClient = oauthError(
  "The app did not authenticate. Codes: `invalid_client`.",
  "invalid_client",
);
export const badRequest = (codes: string, first: string) =>
  oauthError(
    `Codes: ${codes
      .split(" ")
      .map((code) => `\`${code}\``)
      .join(", ")}.`,
    first,
  );

export const form = (schema: z.ZodObject, example: Record<string, string>) => ({
  required: true,
  content: { "application/x-www-form-urlencoded": { schema, example } },
});
